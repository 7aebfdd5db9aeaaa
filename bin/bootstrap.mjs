/**
 * The first thing that runs, before node_modules exists: checks Node, installs what is missing or stale, builds the
 * desk when its sources changed, then starts the program and stays as its guardian (npm forwards signals to a shell
 * only, and a killed npm would leave everything running). No dependencies.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`需要 Node 20.19 或更新版本，当前为 ${process.version} / Node >= 20.19 is needed, this is ${process.version}`);
  process.exit(1);
}

let child = null;
let ended = null;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    ended = signal;
    // A terminal delivers Ctrl-C to the whole group by itself.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child?.kill(signal);
  });
}
const parent = process.ppid;
setInterval(() => {
  // npm died without telling us: nobody can stop the program any more but we.
  if (process.ppid !== parent) child?.kill('SIGTERM');
}, 500).unref();

const codes = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };

/** Runs a command with our terminal. Resolves to its exit code. */
function run(command, args, env = process.env) {
  return new Promise((resolve) => {
    child = spawn(command, args, { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.on('exit', (code, signal) => resolve(code ?? codes[signal] ?? 1));
  });
}

const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null);

/** Digest of files below folders, by path and content. */
function digestOf(names) {
  const hash = createHash('sha256');
  const add = (name) => {
    const full = path.join(root, name);
    const stat = fs.statSync(full, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) for (const entry of fs.readdirSync(full).sort()) entry !== 'dist' && add(path.join(name, entry));
    else hash.update(name).update('\0').update(fs.readFileSync(full));
  };
  names.forEach(add);
  return hash.digest('hex');
}

async function step(say, stampFile, stamp, command, args, env) {
  if (read(stampFile) === stamp) return;
  console.log(say);
  const code = await run(command, args, env);
  if (code !== 0 || ended) {
    console.error(`未完成：${path.basename(command)} ${args.filter((a) => !a.startsWith('-')).join(' ')} （${code}）`);
    process.exit(ended ? (codes[ended] ?? 1) : code);
  }
  fs.writeFileSync(stampFile, stamp);
}

/** npm's own variables of the run we are in would lead the inner npm astray (omit, prefix, ignore-scripts …). */
function cleanEnv() {
  const env = { ...process.env };
  for (const key of Object.keys(env))
    if (/^npm_(lifecycle|package|command|config_(local_prefix|workspace|omit|production|ignore_scripts|prefix$))/i.test(key)) delete env[key];
  return env;
}

async function prepare() {
  const lock = digestOf(['package-lock.json']);
  const npm = process.env.npm_execpath;
  await step(
    '首次运行：正在安装依赖（约 1-2 分钟） / installing dependencies …',
    path.join(root, 'node_modules/.pincha-lock'),
    createHash('sha256').update(lock).update(`${process.platform}-${process.arch}-${process.versions.modules}`).digest('hex'),
    npm ? process.execPath : 'npm',
    [...(npm ? [npm] : []), 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    cleanEnv(),
  );
  await step(
    '正在生成工作台页面 / building the desk …',
    path.join(root, 'review-ui/dist/.built'),
    digestOf(['review-ui', 'core/model', 'vite.config.ts', 'package-lock.json']),
    process.execPath,
    [path.join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
  );
}

await prepare();
const [command = 'start', ...rest] = process.argv.slice(2);
const program = command === 'test' ? [path.join(root, 'bin/test.mjs'), ...rest] : ['--import', 'tsx', path.join(root, 'bin/pincha.ts'), command, ...rest];
process.exit(await run(process.execPath, program));
