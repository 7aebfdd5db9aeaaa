/**
 * One browser for the process: found or unpacked at first use, started with its sandbox on wherever the system allows
 * it (root starts it as somebody without rights), started again when it dies, and honest about how it runs.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, LaunchOptions } from 'playwright';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { type BrowserFile, findBrowsers, type Household, prepareHousehold, sweepProfiles, writeLauncher } from './browser-home.ts';

export interface BrowserHostOptions {
  /** PINCHA_BROWSER; empty means the first that is found. */
  readonly browserPath?: string;
  readonly dataDir: string;
  /** Told in plain words when the browser has to run with less protection than it should. */
  readonly log: (words: string) => void;
}

export interface BrowserHost {
  /** The running browser; starts it when needed. @throws PinchaError BROWSER_MISSING with every way that was tried */
  get(): Promise<Browser>;
  /** Which browser runs, as whom, and whether its sandbox is on. */
  describe(): string;
  close(): Promise<void>;
}

/** How a browser may be started, best first. */
interface Mode {
  readonly sandbox: boolean;
  /** Through the script that drops root's rights. */
  readonly dropped: boolean;
  readonly words: string;
}

interface Working {
  readonly browser: BrowserFile;
  readonly mode: Mode;
}

const START_TIMEOUT_MS = 30_000;
const PROOF_TIMEOUT_MS = 20_000;
const CLOSE_TIMEOUT_MS = 5_000;

const ARGS = [
  // Fetching goes through a guarding proxy; WebRTC would send packets around it.
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--font-render-hinting=none',
  '--no-pings',
  '--disable-domain-reliability',
];

function modesOf(household: Household): Mode[] {
  const root = process.getuid?.() === 0;
  if (!root) {
    return [
      { sandbox: true, dropped: false, words: '沙箱已启用' },
      { sandbox: false, dropped: false, words: '沙箱未启用（系统不允许）' },
    ];
  }
  const asRoot: Mode = { sandbox: false, dropped: false, words: '以 root 身份运行，沙箱未启用' };
  if (household.uid === null) return [asRoot];
  return [
    { sandbox: true, dropped: true, words: `以无特权用户（uid ${household.uid}）运行，沙箱已启用` },
    { sandbox: false, dropped: true, words: `以无特权用户（uid ${household.uid}）运行，沙箱未启用（系统不允许）` },
    asRoot,
  ];
}

/** Only what a browser needs: no database address, no token, no proxy that would carry it around the guard. */
const environment = (household: Household, profile: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: profile,
  TMPDIR: profile,
  XDG_CONFIG_HOME: profile,
  XDG_CACHE_HOME: profile,
  LANG: 'C.UTF-8',
  FONTCONFIG_FILE: household.fontConfig,
});

const within = async <T>(work: Promise<T>, ms: number, words: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PinchaError('BROWSER_MISSING', { reason: words })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** A browser may start and yet be unable to start a page (a container that forbids namespaces): only a page proves it. */
async function prove(browser: Browser): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.setContent('<p>招聘</p>');
  if ((await page.evaluate(() => document.querySelector('p')?.textContent)) !== '招聘') throw new PinchaError('BROWSER_MISSING', { reason: '页面无法运行' });
  await context.close();
}

let serial = 0;

/** Starts one browser in one mode and proves it; cleans up after itself when that fails and when it ends. */
async function start(household: Household, { browser: found, mode }: Working): Promise<Browser> {
  serial += 1;
  const profile = path.join(household.folder, `profile-${process.pid}-${serial}`);
  const tidy = (): Promise<void> =>
    Promise.all([rm(profile, { recursive: true, force: true, maxRetries: 3 }), rm(`${profile}.sh`, { force: true })]).then(
      () => {},
      () => {},
    );
  await mkdir(profile, { recursive: true, mode: 0o700 });
  const options: LaunchOptions = {
    executablePath: mode.dropped ? await writeLauncher(household, found, profile) : found.file,
    chromiumSandbox: mode.sandbox,
    args: ARGS,
    env: environment(household, profile),
    timeout: START_TIMEOUT_MS,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  };
  try {
    // Loaded when a page is first drawn: it costs a second that most commands never need.
    const { chromium } = await import('playwright');
    const browser = await chromium.launch(options);
    browser.on('disconnected', () => void tidy());
    await within(prove(browser), PROOF_TIMEOUT_MS, '页面无法启动').catch(async (thrown: unknown) => {
      await within(browser.close(), CLOSE_TIMEOUT_MS, '').catch(() => {});
      throw thrown;
    });
    return browser;
  } catch (thrown) {
    await tidy();
    throw thrown;
  }
}

/** The line that says something: what the browser wrote before it went, else the first of Playwright's. */
const brief = (thrown: unknown): string => {
  const words = reasonOf(thrown);
  const telling = /No usable sandbox|error while loading shared libraries:[^\n]*|Permission denied|Operation not permitted|ENOENT|EACCES/.exec(words)?.[0];
  const said = words
    .match(/\[err\] .*/g)
    ?.at(-1)
    ?.slice('[err] '.length);
  return (telling ?? said ?? words.split('\n')[0] ?? '').slice(0, 160);
};

/** The browser of one process. Nothing is searched or started before the first `get`. */
export function createBrowserHost(options: BrowserHostOptions): BrowserHost {
  let working: Working | null = null;
  let current: Promise<Browser> | null = null;
  let described = '浏览器尚未启动';

  const settle = (browser: Browser, chosen: Working): Browser => {
    working = chosen;
    described = `Chromium ${browser.version()}(${chosen.browser.name}),${chosen.mode.words}`;
    return browser;
  };
  const search = async (household: Household): Promise<Browser> => {
    const tried: string[] = [];
    for await (const browser of findBrowsers(options.browserPath, household.folder)) {
      for (const mode of modesOf(household)) {
        try {
          const started = settle(await start(household, { browser, mode }), { browser, mode });
          if (!mode.sandbox) options.log(`浏览器沙箱不可用，已在没有沙箱的情况下启动：${described}。${tried.at(-1) ?? ''}`);
          return started;
        } catch (thrown) {
          tried.push(`${browser.name},${mode.words}:${brief(thrown)}`);
        }
      }
    }
    throw new PinchaError('BROWSER_MISSING', { reason: tried.length === 0 ? '本机没有 Chromium 或 Chrome，请安装后用 PINCHA_BROWSER 指定' : tried.join('；') });
  };
  const launch = async (): Promise<Browser> => {
    const household = await prepareHousehold(options.dataDir);
    await sweepProfiles(household.folder);
    // After a crash the way that worked before is tried alone first.
    const again = working === null ? null : await start(household, working).catch(() => null);
    const browser = again ?? (await search(household));
    browser.on('disconnected', () => {
      current = null;
    });
    return browser;
  };
  return {
    async get() {
      current ??= launch().catch((thrown: unknown) => {
        current = null;
        throw thrown;
      });
      const browser = await current;
      if (browser.isConnected()) return browser;
      current = null;
      return this.get();
    },
    describe: () => described,
    async close() {
      const open = current;
      current = null;
      const browser = await open?.catch(() => null);
      if (browser) await within(browser.close(), CLOSE_TIMEOUT_MS, '浏览器未能及时退出').catch(() => {});
    },
  };
}
