/**
 * The built desk in a real Chromium before a server with made-up answers: built when its sources changed, opened fresh for every
 * test. Page errors and answers outside the contract fail the test they happen in.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { z } from 'zod';
import { type BrowserHost, createBrowserHost } from '../../bin/browser.ts';
import { type DeskState, freshState, startDesk } from './desk-server.ts';
import { buildDesk } from './product.ts';

const DIST = join(import.meta.dirname, '../../review-ui/dist');

/** `METHOD /path` → what its answer must look like. */
export type Contract = readonly (readonly [RegExp, z.ZodType])[];
interface Opening {
  readonly state?: DeskState;
  /** Pixels; 1440 without it. */
  readonly width?: number;
  readonly dark?: boolean;
}
export interface OpenDesk {
  readonly page: Page;
  readonly state: DeskState;
  readonly url: string;
}

/** Registers the hooks of a test file. @returns what opens the desk at a path */
export function deskBrowser(contract: Contract): (path: string | ((state: DeskState) => string), over?: Opening) => Promise<OpenDesk> {
  let home = '';
  let host: BrowserHost;
  let context: BrowserContext | null = null;
  let close: (() => Promise<void>) | null = null;
  const faults: string[] = [];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'desk-home-'));
    buildDesk();
    host = createBrowserHost({ dataDir: home, log: () => undefined });
    await host.get();
  });
  afterEach(async () => {
    await context?.close();
    await close?.();
    context = null;
    close = null;
    expect(faults.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await host?.close();
    await rm(home, { recursive: true, force: true });
  });

  return async (path, over = {}) => {
    const state = over.state ?? freshState();
    const server = await startDesk(state, DIST, (method, at, body) => {
      const schema = contract.find(([pattern]) => pattern.test(`${method} ${at}`))?.[1];
      const answer = schema?.safeParse(body);
      if (answer && !answer.success) faults.push(`${method} ${at}: ${answer.error.message.slice(0, 300)}`);
    });
    close = server.close;
    const browser = await host.get();
    context = await browser.newContext({ viewport: { width: over.width ?? 1440, height: 900 }, locale: 'zh-CN', colorScheme: over.dark ? 'dark' : 'light' });
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
    await page.goto(server.url + (typeof path === 'string' ? path : path(state)));
    return { page, state, url: server.url };
  };
}
