/** A site with posts that come and go, and what looking at them again needs: real fetcher, sealer and store, a clock that is set. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { systemClock } from '../../core/clock.ts';
import { loadConfig } from '../../core/config.ts';
import { PinchaError } from '../../core/errors.ts';
import { createFetcher } from '../../crawlers/fetch/fetcher.ts';
import type { Db } from '../../db/connect.ts';
import { createHostClock } from '../../db/repositories/host.ts';
import { createSealer } from '../../evidence/warc.ts';
import type { JobContext } from '../../queue/context.ts';

export interface Site {
  readonly host: string;
  readonly url: string;
  /** Answers by path: a page, a status, or null to hold the answer back for good. */
  readonly pages: Map<string, string | number | null>;
  /** Paths asked for, robots.txt left out. */
  readonly asked: string[];
  close(): Promise<void>;
}

export const jobPage = (id: string, text: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${id}</title><script type="application/ld+json">${JSON.stringify({
    '@context': 'https://schema.org/',
    '@type': 'JobPosting',
    identifier: { '@type': 'PropertyValue', value: id },
    title: '仓库管理员',
    description: text,
    datePosted: '2026-03-01',
    hiringOrganization: { '@type': 'Organization', name: '云汀仓储有限公司' },
  })}</script>`;

export async function openSite(): Promise<Site> {
  const pages = new Map<string, string | number | null>();
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    const path = request.url ?? '/';
    if (path === '/robots.txt') return void response.writeHead(404).end();
    asked.push(path);
    const page = pages.get(path);
    if (page === null) return;
    if (typeof page === 'string') return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    response.writeHead(page ?? 404, page === 429 ? { 'retry-after': '7200' } : {}).end('gone');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    pages,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** @param now what the clock says */
export function lookingContext(db: Db, dir: string, host: string, now: () => Date): JobContext & { readonly close: () => Promise<void> } {
  const clock = { now };
  const config = loadConfig({});
  // The fetcher waits for real: its clock is not the one that is set.
  const fetcher = createFetcher({
    userAgent: 'pincha-test',
    from: 'test',
    allowPrivate: [host],
    floorDelayMs: 1,
    hostClock: createHostClock(db),
    clock: systemClock,
    browser: () => Promise.reject(new PinchaError('BROWSER_MISSING', { reason: 'none here' })),
  });
  const sealer = createSealer({ dir });
  return {
    ...({
      db,
      config,
      clock,
      log: pino({ level: 'silent' }),
      fetcher,
      sealer,
      floorDelayFor: () => 1,
      signal: new AbortController().signal,
    } as unknown as JobContext),
    close: async () => {
      await fetcher.close();
      await sealer.close();
    },
  };
}
