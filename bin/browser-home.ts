/**
 * The browser's household: which executable there is, where it is unpacked, its fonts and, for root, the unprivileged
 * identity it runs under. Everything stays in one private folder; nothing of the machine's or the user's is touched.
 */
import { execFile } from 'node:child_process';
import { access, chmod, chown, constants, copyFile, lchown, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { PinchaError, reasonOf } from '../core/errors.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** A number nobody else owns: were it `nobody`, a captured browser could reach what other daemons keep under that name. */
const BROWSER_UID = 61_710;
const UNPACK_TIMEOUT_MS = 120_000;
const SYSTEM_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const SERIF = [
  'SimSun',
  'NSimSun',
  '宋体',
  '新宋体',
  'STSong',
  'Songti SC',
  'FangSong',
  'FangSong_GB2312',
  '仿宋',
  '仿宋_GB2312',
  'KaiTi',
  'KaiTi_GB2312',
  '楷体',
];
const SANS = [
  'PingFang SC',
  'Microsoft YaHei',
  '微软雅黑',
  'Microsoft YaHei UI',
  'SimHei',
  '黑体',
  'Heiti SC',
  'STHeiti',
  'Hiragino Sans GB',
  'WenQuanYi Micro Hei',
  'Source Han Sans SC',
  'Noto Sans CJK SC',
];
const GENERIC = ['sans-serif', 'serif', 'monospace', 'system-ui', 'Arial', 'Helvetica', 'Helvetica Neue', 'Times New Roman'];

/** Which file to start, and what to call it. */
export interface BrowserFile {
  readonly file: string;
  readonly name: string;
}

export interface Household {
  readonly folder: string;
  readonly fontConfig: string;
  /** Set when we are root and can start the browser as somebody without rights. */
  readonly uid: number | null;
}

const exists = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Arguments that drop every right of root before the rest of the command runs. */
export const dropRights = (uid: number): string[] => [
  `--reuid=${uid}`,
  `--regid=${uid}`,
  '--clear-groups',
  '--no-new-privs',
  '--inh-caps=-all',
  '--bounding-set=-all',
];

/** Whether somebody without rights can enter a folder; false too where `setpriv` is missing. */
async function reaches(uid: number, folder: string): Promise<boolean> {
  try {
    await run('setpriv', [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', 'test', '-x', folder], { timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}

/** A folder under the temporary directory that only we can have made, or null. */
async function safeTemporary(): Promise<string | null> {
  const folder = path.join(os.tmpdir(), 'pincha-browser-root');
  await mkdir(folder, { mode: 0o755 }).catch(() => {});
  const stat = await lstat(folder).catch(() => null);
  return stat?.isDirectory() && stat.uid === 0 && (stat.mode & 0o022) === 0 ? folder : null;
}

/** Where the browser lives: below the data folder, or, when root's data folder is closed to others, in a safe temporary one. */
async function findHome(dataDir: string): Promise<{ folder: string; uid: number | null }> {
  const folder = path.resolve(dataDir, 'browser');
  await mkdir(folder, { recursive: true });
  if (process.getuid?.() !== 0) return { folder, uid: null };
  if (await reaches(BROWSER_UID, folder)) return { folder, uid: BROWSER_UID };
  const elsewhere = await safeTemporary();
  return elsewhere !== null && (await reaches(BROWSER_UID, elsewhere)) ? { folder: elsewhere, uid: BROWSER_UID } : { folder, uid: null };
}

const xml = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const fontsConf = (folders: readonly string[], cache: string): string => {
  const alias = (family: string): string => `  <alias binding="same"><family>${xml(family)}</family><prefer><family>Noto Sans SC</family></prefer></alias>`;
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
    '<fontconfig>',
    ...folders.map((folder) => `  <dir>${xml(folder)}</dir>`),
    `  <cachedir>${xml(cache)}</cachedir>`,
    ...[...SANS, ...SERIF, ...GENERIC].map(alias),
    '</fontconfig>',
    '',
  ].join('\n');
};

/**
 * Writes a fontconfig file of our own, so that Chinese is readable on a machine without any font (every screenshot of
 * a bare server would show empty boxes) whatever family a page asks for.
 */
async function writeFonts(dataDir: string, folder: string, uid: number | null): Promise<string> {
  const own = path.join(uid !== null && !folder.startsWith(path.resolve(dataDir)) ? folder : path.resolve(dataDir), 'fonts');
  const [cache, shipped] = [path.join(own, 'cache'), path.dirname(require.resolve('@expo-google-fonts/noto-sans-sc/package.json'))];
  await mkdir(cache, { recursive: true });
  const folders = ['400Regular', '700Bold'].map((weight) => path.join(shipped, weight));
  // Packages below a closed folder (root's home) are out of reach for the browser's identity: give it copies.
  if (uid !== null && !(await reaches(uid, folders[0] ?? shipped))) {
    for (const weight of ['400Regular', '700Bold']) await copyFile(path.join(shipped, weight, `NotoSansSC_${weight}.ttf`), path.join(own, `${weight}.ttf`));
    folders.splice(0, folders.length, own);
  }
  if (uid !== null) await chown(cache, uid, uid);
  const file = path.join(own, 'fonts.conf');
  await writeFile(file, fontsConf([...folders, '/usr/share/fonts', '/usr/local/share/fonts'], cache));
  return file;
}

/** Prepares folder, fonts and identity; quick when all is there already. */
export async function prepareHousehold(dataDir: string): Promise<Household> {
  const { folder, uid } = await findHome(dataDir);
  return { folder, uid, fontConfig: await writeFonts(dataDir, folder, uid) };
}

/** Unpacking runs in a process of its own, because the package takes its target from TMPDIR and would trust a planted /tmp/chromium. */
const UNPACK = 'const m = require(process.argv[1]); (m.default ?? m).executablePath()';

/** The archive carries another machine's owners; whoever has such a number here could rewrite the browser. */
async function own(folder: string): Promise<void> {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  for (const name of ['.', ...(await readdir(folder, { recursive: true }))]) {
    await lchown(path.join(folder, name), uid, gid);
    await chmod(path.join(folder, name), 0o755);
  }
}

async function unpackShipped(folder: string): Promise<BrowserFile> {
  const entry = require.resolve('@sparticuz/chromium');
  // The package does not export its package.json; the entry stands in build/cjs.
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(path.join(path.dirname(entry), '../../package.json'), 'utf8')));
  const target = path.join(folder, `chromium-${version}`);
  const shipped = { file: path.join(target, 'chromium'), name: `@sparticuz/chromium ${version}` };
  if (await exists(shipped.file)) return shipped;
  const draft = `${target}.${process.pid}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  try {
    await run(process.execPath, ['-e', UNPACK, entry], { timeout: UNPACK_TIMEOUT_MS, env: { PATH: process.env.PATH, TMPDIR: draft, HOME: draft } });
    await own(draft);
    // Whole or not at all: a start killed half-way must not leave half a browser. Another process may have been faster.
    await rename(draft, target).catch(async (error: unknown) => {
      if (!(await exists(shipped.file))) throw error;
    });
    return shipped;
  } catch (thrown) {
    const words = reasonOf(thrown);
    throw new PinchaError(
      'BROWSER_MISSING',
      { reason: `自带的 Chromium 无法解包到 ${folder}：${/ENOSPC|EACCES|EROFS/.exec(words)?.[0] ?? words.slice(-300)}` },
      thrown,
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Every browser that could be started, best first.
 * @throws PinchaError BROWSER_MISSING when the configured file is none
 */
export async function* findBrowsers(browserPath: string | undefined, folder: string): AsyncGenerator<BrowserFile> {
  if (browserPath !== undefined) {
    if (!(await exists(browserPath))) throw new PinchaError('BROWSER_MISSING', { reason: `PINCHA_BROWSER 指定的 ${browserPath} 不存在或不可执行` });
    yield { file: browserPath, name: browserPath };
    return;
  }
  for (const file of SYSTEM_BROWSERS) if (await exists(file)) yield { file, name: file };
  const { chromium } = await import('playwright');
  const own = chromium.executablePath();
  if (own && (await exists(own))) yield { file: own, name: 'Playwright Chromium' };
  if (process.platform === 'linux' && process.arch === 'x64') yield await unpackShipped(folder);
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A start script that gives up root's rights and puts the profile where the browser's identity may write.
 * Playwright insists on a profile of its own making, which belongs to root; the script swaps it.
 */
export async function writeLauncher(household: Household, browser: BrowserFile, profile: string): Promise<string> {
  const uid = household.uid ?? 0;
  await chown(profile, uid, uid);
  const file = `${profile}.sh`;
  const lines = [
    '#!/bin/sh',
    'for argument; do',
    '  shift',
    '  case "$argument" in --user-data-dir=*) ;; *) set -- "$@" "$argument" ;; esac',
    'done',
    `exec setpriv ${dropRights(uid).join(' ')} ${quote(browser.file)} --user-data-dir=${quote(profile)} "$@"`,
    '',
  ];
  await writeFile(file, lines.join('\n'), { mode: 0o755 });
  return file;
}

/** Removes profiles of processes that are gone, and the 200 MB of an unpacking that was killed. */
export async function sweepProfiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(/^(?:profile-|chromium-[\d.]+\.)(\d+)(?:-\d+(?:\.sh)?|\.draft)$/.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isNaN(pid) && pid !== process.pid && !alive(pid)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
