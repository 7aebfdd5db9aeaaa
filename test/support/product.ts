/**
 * The real product as a child process, as a newcomer would start it: its own data folder, any free port, the desk
 * built when needed, and its words on the terminal collected, so that tests read the address and the one-time
 * passwords from where people read them.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PINCHA = ['--import', 'tsx', path.join(ROOT, 'bin/pincha.ts')];
/** Longest wait for the address on a loaded machine: database, migrations, sandbox, lists. */
const START_MS = 180_000;
const STOP_MS = 60_000;

export interface Product {
  /** Origin of the desk, without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** One-time passwords by login, as printed. */
  readonly passwords: ReadonlyMap<string, string>;
  /** Everything said so far, both streams. */
  said(): string;
  /** Asks it to end as a service manager would. Resolves to its exit code. */
  stop(): Promise<number | null>;
  /** Ends it without a word, with what it started. */
  kill(): Promise<void>;
}

/** An empty data folder that an embedded database may be started in, also by root; law compiled by other tests is at hand in it. */
export function dataFolder(): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-product-'));
  fs.chmodSync(dir, 0o755);
  const compiled = process.env['PINCHA_DATA'];
  if (compiled) {
    fs.mkdirSync(path.join(compiled, 'cache'), { recursive: true });
    fs.symlinkSync(path.join(compiled, 'cache'), path.join(dir, 'cache'));
  }
  return dir;
}

function newest(entry: string): number {
  const stat = fs.statSync(entry, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(
    0,
    ...fs
      .readdirSync(entry)
      .filter((name) => name !== 'dist')
      .map((name) => newest(path.join(entry, name))),
  );
}

/** Builds the desk where it is missing or older than what it is made of. */
export function buildDesk(): void {
  const built = newest(path.join(ROOT, 'review-ui/dist/index.html'));
  if (built >= Math.max(...['review-ui', 'core/model', 'vite.config.ts'].map((name) => newest(path.join(ROOT, name))))) return;
  execFileSync(process.execPath, [path.join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], { cwd: ROOT, stdio: 'inherit' });
}

/** The environment of a child: ours without what a developer may have set for the product. */
function environment(dataDir: string, env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PINCHA_|PORT$|DATABASE_URL$|REDIS_URL$|VITEST|NODE_OPTIONS$)/.test(name)),
  );
  return { ...clean, PINCHA_DATA: dataDir, PORT: '0', PINCHA_VERIFY_DELAY_S: '1', PINCHA_PROBE_GAP_S: '1', ...env };
}

/** Runs one command of the product to its end. */
export function runPincha(
  dataDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...PINCHA, ...args], { cwd: ROOT, env: environment(dataDir, env), stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

const PASSWORD = /^ {4}([a-z]+)\s+([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}) /gm;

/** The end of its log, for a test that fails: the folder is gone afterwards. */
function logTail(dataDir: string): string {
  const file = path.join(dataDir, 'pincha.log');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').slice(-4_000) : 'no log';
}

/** Ends a process group that was made for the child; whatever has already ended is fine. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Starts `pincha start` and resolves when it has said its address and passwords.
 * @param env settings over those of a quick demo (re-crawls a second after the platform's answer)
 */
export async function startProduct(dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<Product> {
  buildDesk();
  const child = spawn(process.execPath, [...PINCHA, 'start'], {
    cwd: ROOT,
    env: environment(dataDir, env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const started = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no address after ${START_MS / 1_000} s:\n${said}`)), START_MS);
    const hear = (chunk: string): void => {
      said += chunk;
      // The first progress line comes after the passwords; a second start may have neither to tell.
      const url = /→ {2}(http:\S+)/.exec(said)?.[1];
      if (url && /(巡查 进度|一次性口令[\s\S]*\n\n)/.test(said)) {
        clearTimeout(timer);
        resolve(url);
      }
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.once('error', reject);
    void ended.then((code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code} before it was ready:\n${said}`));
    });
  });
  let url: string;
  try {
    url = await started;
  } catch (error) {
    killGroup(child, 'SIGKILL');
    throw error;
  }
  const passwords = new Map([...said.matchAll(PASSWORD)].map(([, login = '', password = '']) => [login, password]));
  return {
    url,
    pid: child.pid ?? 0,
    passwords,
    said: () => said,
    stop: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => killGroup(child, 'SIGKILL'), STOP_MS);
      const code = await ended;
      clearTimeout(late);
      if (code !== 0) console.error(`ended with ${code}:\n${said.slice(-1_000)}\n${logTail(dataDir)}`);
      return code;
    },
    kill: async () => {
      killGroup(child, 'SIGKILL');
      await ended;
    },
  };
}
