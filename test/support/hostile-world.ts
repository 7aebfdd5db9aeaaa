/**
 * A night over hostile sites: each attack stands on a site of its own, between two honest posts of one list, and is
 * met by the whole path: the walk's job, the real fetcher (with its browser where the attack is one on pages that are
 * drawn), the real sealer, store and ledger. What came of it is read from the store, and from what the site saw.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright';
import { systemClock } from '../../core/clock.ts';
import type { Outcome } from '../../core/model/capture.ts';
import type { BoardInput } from '../../crawlers/boards/schema.ts';
import { createHostClock } from '../../db/repositories/host.ts';
import { addSources } from '../../db/repositories/source.ts';
import { crawlSource } from '../../queue/jobs/crawl-source.ts';
import { beginRun } from '../../queue/runs.ts';
import { crawlContext, testFetcher } from './crawl-context.ts';
import { freshDatabase } from './database.ts';
import { UNTRUSTED_TLS } from './hostile-server.ts';
import { EXPIRED_CERTIFICATE, FOREIGN_CERTIFICATE, GOOD_CERTIFICATE, TLS_KEY } from './hostile-tls.ts';

/** What an attack may lead to. */
export interface Lures {
  /** A service on a private address that nobody may reach. */
  readonly victim: number;
  /** The same, for whatever speaks no HTTP. */
  readonly raw: number;
  /** Ports on 127.0.0.1 that may be visited: servers by their certificate, one that never shakes hands, one that speaks no TLS. */
  readonly tls: Readonly<Record<'good' | 'untrusted' | 'expired' | 'foreign' | 'silent' | 'plain', number>>;
}
export interface Scene extends Lures {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  /** The attacked site. */
  readonly origin: string;
  /** Whether a browser asks. */
  readonly drawn: boolean;
  /** Which of the attack's ways is meant. */
  readonly way: number;
}
export interface Attack {
  readonly name: string;
  /** `browser`: on a board whose pages may be drawn when they lack fields. */
  readonly path: 'http' | 'browser';
  /** Ways that all come to the same, each with an address of its own; one unless told. */
  readonly ways?: number;
  /** Answers the attacked address, `/job/attack` (`/job/attack-1` and so on), and all that begins with `/x`. */
  readonly serve: (scene: Scene) => void;
  /** What the last look came to. */
  readonly outcome: Outcome;
  /** Words of the reason. */
  readonly reason?: RegExp;
  /** Words of the post that is read in spite of it. */
  readonly text?: string;
  /** A wall ends the walk: what is left of the source waits for another night. */
  readonly others?: 'crawled' | 'waiting';
  /** Whether it must not come to a browser, although its board allows one. */
  readonly undrawn?: boolean;
  /** Most bytes the site may get rid of in all; 4 MB unless told. */
  readonly maxBytes?: number;
  /** Most time one request may be held; three times the limit of a page unless told. */
  readonly maxMs?: number;
}

export interface Look {
  readonly url: string;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly via: string;
  /** The outcome as the ledger holds it, null without a row. */
  readonly ledger: string | null;
}
export interface Came {
  /** Looks at the attacked address, the plain answers beside drawn pages left out. */
  readonly looks: readonly Look[];
  /** Outcomes of the list and its honest posts, by path. */
  readonly others: Readonly<Record<string, string>>;
  /** Addresses that wait for another night. */
  readonly waiting: readonly string[];
  /** Words of the posts stored, by path. */
  readonly texts: Readonly<Record<string, string>>;
  readonly sentBytes: number;
  readonly longestMs: number;
  readonly drawnRequests: number;
  /** Requests and connections still open at the site. */
  open(): Promise<number>;
}

const LIMITS = { http: { maxBytes: 1024 * 1024, timeoutMs: 900, idleMs: 300 }, browser: { maxBytes: 1024 * 1024, timeoutMs: 20_000, idleMs: 10_000 } };

export const pageOf = (title: string, text: string): string =>
  `<!doctype html><html><head><title>${title}</title></head><body><h1 class="title">${title}</h1><div class="text">${text}</div></body></html>`;
export const html = (response: http.ServerResponse, body: string | Buffer, more: http.OutgoingHttpHeaders = {}): void =>
  void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...more }).end(body);

const ATTACKED = '/job/attack';
const attacked = (path: string): boolean => path.startsWith(ATTACKED);
const listOf = ({ ways = 1 }: Attack): string[] => ['/job/1', ATTACKED, ...Array.from({ length: ways - 1 }, (_, i) => `${ATTACKED}-${i + 1}`), '/job/2'];
const board = (origin: string, render: 'never' | 'when-missing', id: string): BoardInput => ({
  id,
  name: { zh: id },
  start: `${origin}/list`,
  delayMs: 1_000,
  render,
  list: { item: '.item', link: { select: 'a', attr: 'href' } },
  post: { fields: { title: '.title', text: '.text' } },
  states: { captcha: '.captcha', login_wall: '.login' },
});

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
const shut = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    if (server instanceof http.Server) server.closeAllConnections();
  });

/** The site of one attack, with its books. */
async function openSite(attack: Attack, lures: Lures) {
  const site = { origin: '', sent: 0, longestMs: 0, drawn: 0, busy: 0 };
  const server = http.createServer((request, response) => {
    const [url, began, before] = [request.url ?? '/', performance.now(), request.socket.bytesWritten];
    const drawn = /^Mozilla/.test(request.headers['user-agent'] ?? '');
    site.busy += 1;
    if (drawn) site.drawn += 1;
    response.on('error', () => undefined);
    response.on('close', () => {
      site.busy -= 1;
      site.sent += request.socket.bytesWritten - before;
      site.longestMs = Math.max(site.longestMs, performance.now() - began);
    });
    if (url === '/list')
      html(
        response,
        listOf(attack)
          .map((to) => `<p class="item"><a href="${to}">岗位</a></p>`)
          .join(''),
      );
    else if (url === '/job/1' || url === '/job/2') html(response, pageOf(`岗位 ${url}`, '负责日常工作'));
    else if (attacked(url) || url.startsWith('/x'))
      attack.serve({ ...lures, request, response, origin: site.origin, drawn, way: Number(url.slice(ATTACKED.length + 1)) || 0 });
    else response.writeHead(404).end();
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  const port = await listen(server);
  site.origin = `http://127.0.0.1:${port}`;
  const connections = (): Promise<number> => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  return { site, server, port, connections };
}
type Site = Awaited<ReturnType<typeof openSite>>;

/** Private services that count who comes, and servers with every kind of certificate. */
async function openLures() {
  const hits: string[] = [];
  const told: net.Socket[] = [];
  const victim = http.createServer((request, response) => {
    hits.push(request.url ?? '');
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/html' }).end(pageOf('secret', 'secret'));
  });
  const raw = net.createServer((socket) => {
    hits.push('raw');
    socket.destroy();
  });
  const page = (_: unknown, response: http.ServerResponse): void => html(response, pageOf('加密', '加密站点'));
  const named = (cert: string): Server => https.createServer({ key: TLS_KEY, cert }, page);
  const silent = net.createServer((socket) => void told.push(socket.on('error', () => undefined)));
  const tls = {
    good: named(GOOD_CERTIFICATE),
    untrusted: https.createServer(UNTRUSTED_TLS, page),
    expired: named(EXPIRED_CERTIFICATE),
    foreign: named(FOREIGN_CERTIFICATE),
    silent,
    plain: http.createServer(page),
  };
  const ports = Object.fromEntries(await Promise.all(Object.entries(tls).map(async ([name, server]) => [name, await listen(server)] as const)));
  const lures: Lures = { victim: await listen(victim), raw: await listen(raw), tls: ports as Lures['tls'] };
  const close = async (): Promise<void> => {
    for (const socket of told) socket.destroy();
    await Promise.all([victim, raw, ...Object.values(tls)].map(shut));
  };
  return { lures, hits, close };
}

/** A name that is public when first asked for, and private from then on; and one that always was. */
function liar(): (host: string) => Promise<{ address: string; family: number }[]> {
  const asked = new Map<string, number>();
  return async (host) => {
    const times = asked.get(host) ?? 0;
    asked.set(host, times + 1);
    // Of the public range, and assigned to nobody.
    if (host.startsWith('rebind') && times === 0) return [{ address: '2e00::1', family: 6 }];
    return [{ address: '127.0.0.1', family: 4 }];
  };
}

export type HostileWorld = Awaited<ReturnType<typeof hostileWorld>>;

/**
 * @param browser for attacks on drawn pages; without it none is there
 * @param timeoutMs for one page; without it a second for a plain one and the product's own limit for a drawn one
 */
export async function hostileWorld(attacks: readonly Attack[], dir: string, browser?: () => Promise<Browser>, timeoutMs?: number) {
  const limits = { ...LIMITS[browser ? 'browser' : 'http'], ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const { lures, hits, close: closeLures } = await openLures();
  const sites = new Map<Attack, Site>();
  for (const attack of attacks) sites.set(attack, await openSite(attack, lures));
  const database = await freshDatabase();
  const { db } = database;
  const allowPrivate = [...[...sites.values()].map(({ port }) => port), ...Object.values(lures.tls)].map((port) => `127.0.0.1:${port}`);
  const fetcher = testFetcher(db, { allowPrivate, resolver: liar(), ...limits, ...(browser ? { browser } : {}) });
  const ctx = crawlContext(db, fetcher, dir, path.join(dir, 'kept'));
  const { sealer } = ctx;
  const render = browser ? 'when-missing' : 'never';
  const rows = [...sites.values()].map(({ site }, i) => ({
    platform: `hostile-${i}`,
    name: `站点 ${i}`,
    url: `${site.origin}/list`,
    board: board(site.origin, render, `hostile-${i}`),
  }));
  await addSources(db, rows, systemClock.now());
  // So that its first answer is about the page, not about its robots.txt.
  await createHostClock(db).saveRobots(`http://rebind.example.cn:${lures.victim}`, { status: 404, body: '' });
  const { runId } = await beginRun(ctx, 'demand', 'test');
  const read = async <T extends Record<string, unknown>>(sql: string, values: unknown[]): Promise<T[]> => (await database.pool.query<T>(sql, values)).rows;

  const meet = async (attack: Attack): Promise<Came> => {
    const one = sites.get(attack)!;
    const { site } = one;
    const [task] = await read<{ id: string; source: string }>(
      'select t.id, t.source_id as source from run_task t join source s on s.id = t.source_id where s.url = $1',
      [`${site.origin}/list`],
    );
    await crawlSource.run({ runId, taskId: task!.id }, ctx);
    const captures = await read<{ url: string; outcome: Outcome; reason: string | null; via: string; ledger: string | null }>(
      `select c.url, c.outcome, c.reason, c.via, (l.payload::jsonb -> 'data' ->> 'outcome') as ledger
       from capture c left join ledger l on l.kind = 'capture' and l.ref_id = c.id where c.source_id = $1 order by c.ledger_seq`,
      [task!.source],
    );
    const pathOf = (url: string): string => url.slice(site.origin.length);
    const others = captures.filter((c) => !attacked(pathOf(c.url))).map((c) => [pathOf(c.url), c.outcome]);
    const waiting = await read<{ url: string }>('select url from frontier where source_id = $1 and done_run is null order by seq', [task!.source]);
    const posts = await read<{ url: string; text: string }>('select c.url, p.text from post p join capture c on c.id = p.capture_id where c.source_id = $1', [
      task!.source,
    ]);
    return {
      looks: captures.filter((c) => attacked(pathOf(c.url)) && !c.reason?.startsWith('该页另由浏览器呈现')),
      others: Object.fromEntries(others),
      waiting: waiting.map(({ url }) => pathOf(url)),
      texts: Object.fromEntries(posts.map(({ url, text }) => [pathOf(url), text])),
      sentBytes: site.sent,
      longestMs: site.longestMs,
      drawnRequests: site.drawn,
      open: async () => site.busy,
    };
  };
  return {
    meet,
    /** Who reached what nobody may reach. */
    hits,
    limitMs: limits.timeoutMs,
    /** Ends the fetcher. @returns connections that are still open then, at all sites together */
    leave: async (): Promise<() => Promise<number>> => {
      await fetcher.close();
      return async () => (await Promise.all([...sites.values()].map((one) => one.connections()))).reduce((sum, n) => sum + n, 0);
    },
    close: async (): Promise<void> => {
      await fetcher.close();
      await sealer.close();
      await Promise.all([...sites.values()].map(({ server }) => shut(server)));
      await closeLures();
      await database.close();
    },
  };
}

/** A folder of a test's own that also takes what would go to the system's temporary one. */
export async function ownTemporary(): Promise<{ readonly dir: string; readonly restore: () => Promise<void> }> {
  const before = process.env.TMPDIR;
  const dir = await mkdtemp(path.join(os.tmpdir(), 'pincha-hostile-'));
  process.env.TMPDIR = dir;
  return {
    dir,
    restore: async () => {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
