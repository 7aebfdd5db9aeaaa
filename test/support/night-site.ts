/**
 * A light job board in a process of its own: boards of pages of fifty jobs, and a count of how often each address was
 * asked for. Light, so that what is measured or killed is the crawler.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface NightSiteOrder {
  readonly boards: number;
  /** Addresses of a board: its list pages and its jobs. */
  readonly perBoard: number;
  /** Length of a page, in characters, roughly. */
  readonly pageChars: number;
}
export interface NightSite {
  readonly host: string;
  /** First pages of its boards. */
  readonly boards: readonly string[];
  /** Requests so far, robots.txt left out. */
  hits(): Promise<number>;
  /** How often each address was asked for. */
  counts(): Promise<ReadonlyMap<string, number>>;
  close(): void;
}

const PER_LIST = 50;
/** Jobs of a board that has so many addresses in all: each fifty jobs take a list page. */
const jobsOf = (perBoard: number): number => perBoard - Math.ceil(perBoard / (PER_LIST + 1));
const words = (of: string, chars: number): string => `岗位 ${of} 负责日常工作，作息规律，按月结算，欢迎咨询。`.repeat(Math.ceil(chars / 30)).slice(0, chars);
const frame = (title: string, main: string): string =>
  `<!DOCTYPE html><html><head><meta charset="utf-8"><title>${title}</title></head><body>${main}</body></html>`;

function listPage(board: number, page: number, order: NightSiteOrder): string {
  const jobs = jobsOf(order.perBoard);
  const ids = Array.from({ length: PER_LIST }, (_, i) => (page - 1) * PER_LIST + i).filter((id) => id < jobs);
  const cards = ids.map((id) => `<li class="job-card"><a class="job-link" href="/job/${board}-${id}.html">岗位 ${board}-${id}</a></li>`).join('');
  const next = page * PER_LIST < jobs ? `<a class="next" href="/jobs?board=${board}&amp;page=${page + 1}">下一页</a>` : '';
  return frame('列表', `<ul class="job-list">${cards}</ul>${next}`);
}

const jobPage = (id: string, order: NightSiteOrder): string =>
  frame(
    id,
    `<article class="job" data-job-id="${id}"><h1 class="job-title">岗位 ${id}</h1><div class="job-text"><p>${words(id, order.pageChars)}</p></div></article>`,
  );

function serve(order: NightSiteOrder): void {
  const counts = new Map<string, number>();
  let hits = 0;
  const server = http.createServer((request, response) => {
    const url = request.url ?? '/';
    if (url === '/robots.txt') return void response.writeHead(404).end();
    hits += 1;
    counts.set(url, (counts.get(url) ?? 0) + 1);
    const list = /^\/jobs\?board=(\d+)&page=(\d+)$/.exec(url);
    const job = /^\/job\/([\d-]+)\.html$/.exec(url);
    const page = list ? listPage(Number(list[1]), Number(list[2]), order) : job ? jobPage(job[1] ?? '', order) : null;
    if (page === null) return void response.writeHead(404).end();
    const etag = `"${createHash('md5').update(page).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', etag }).end(page);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.on('message', (asked) => process.send?.(asked === 'hits' ? { hits } : { counts: [...counts] }));
}

/** Starts the site in a process of its own. */
export async function startNightSite(order: NightSiteOrder): Promise<NightSite> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(order)], { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
  const word = <T>(): Promise<T> => new Promise((resolve) => child.once('message', (message) => resolve(message as T)));
  const ask = <T>(what: 'hits' | 'counts'): Promise<T> => {
    const answer = word<T>();
    child.send(what);
    return answer;
  };
  const { port } = await word<{ port: number }>();
  const host = `127.0.0.1:${port}`;
  return {
    host,
    boards: Array.from({ length: order.boards }, (_, board) => `http://${host}/jobs?board=${board}&page=1`),
    hits: async () => (await ask<{ hits: number }>('hits')).hits,
    counts: async () => new Map((await ask<{ counts: [string, number][] }>('counts')).counts),
    close: () => void child.kill('SIGKILL'),
  };
}

const [order] = process.argv.slice(2);
if (process.send && order?.startsWith('{') && process.argv[1] === fileURLToPath(import.meta.url)) serve(JSON.parse(order) as NightSiteOrder);
