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
  /** Addresses of a board, at least: its list pages, its jobs and its companies. */
  readonly perBoard: number;
  /** Length of a page, in characters, roughly. */
  readonly pageChars: number;
  /** Jobs of each company; the boards name no companies without it. */
  readonly perCompany?: number;
  /** Whether each board has a host (a port) of its own; all are on one without it. */
  readonly ownHosts?: boolean;
}
export interface NightSite {
  readonly hosts: readonly string[];
  /** The first of them; the only one without `ownHosts`. */
  readonly host: string;
  /** First pages of its boards. */
  readonly boards: readonly string[];
  /** Every address that a walk of its boards comes to, path and query. */
  readonly addresses: readonly string[];
  /** Requests so far, robots.txt left out. */
  hits(): Promise<number>;
  /** How often each address was asked for. */
  counts(): Promise<ReadonlyMap<string, number>>;
  close(): void;
}

const PER_LIST = 50;
const companiesOf = (jobs: number, { perCompany }: NightSiteOrder): number => (perCompany ? Math.ceil(jobs / perCompany) : 0);
const listsOf = (jobs: number): number => Math.ceil(jobs / PER_LIST);
/** Jobs of a board that has so many addresses in all. */
function jobsOf(order: NightSiteOrder): number {
  let jobs = Math.floor(order.perBoard / (1 + 1 / PER_LIST + (order.perCompany ? 1 / order.perCompany : 0))) - 2;
  while (jobs + listsOf(jobs) + companiesOf(jobs, order) < order.perBoard) jobs += 1;
  return jobs;
}
function addressesOf(order: NightSiteOrder): string[] {
  const jobs = jobsOf(order);
  return Array.from({ length: order.boards }, (_, b) => [
    ...Array.from({ length: listsOf(jobs) }, (_, i) => `/jobs?board=${b}&page=${i + 1}`),
    ...Array.from({ length: jobs }, (_, i) => `/job/${b}-${i}.html`),
    ...Array.from({ length: companiesOf(jobs, order) }, (_, i) => `/company/${b}-${i}`),
  ]).flat();
}

const words = (of: string, chars: number): string => `岗位 ${of} 负责日常工作，作息规律，按月结算，欢迎咨询。`.repeat(Math.ceil(chars / 30)).slice(0, chars);
const frame = (title: string, main: string): string =>
  `<!DOCTYPE html><html><head><meta charset="utf-8"><title>${title}</title></head><body>${main}</body></html>`;

function listPage(board: number, page: number, jobs: number): string {
  const ids = Array.from({ length: PER_LIST }, (_, i) => (page - 1) * PER_LIST + i).filter((id) => id < jobs);
  const cards = ids.map((id) => `<li class="job-card"><a class="job-link" href="/job/${board}-${id}.html">岗位 ${board}-${id}</a></li>`).join('');
  const next = page * PER_LIST < jobs ? `<a class="next" href="/jobs?board=${board}&amp;page=${page + 1}">下一页</a>` : '';
  return frame('列表', `<ul class="job-list">${cards}</ul>${next}`);
}

function jobPage(id: string, order: NightSiteOrder, jobs: number): string {
  const [board, number] = id.split('-').map(Number);
  // Jobs of a company stand far apart, so that a walk meets it again and again.
  const company = `${board}-${(number ?? 0) % companiesOf(jobs, order)}`;
  const by = order.perCompany ? `<a class="company-link" href="/company/${company}">云汀第${company}公司</a>` : '';
  const main = `<h1 class="job-title">岗位 ${id}</h1>${by}<div class="job-text"><p>${words(id, order.pageChars)}</p></div>`;
  return frame(id, `<article class="job" data-job-id="${id}">${main}</article>`);
}

const companyPage = (id: string): string => frame(id, `<div class="company" data-company-id="${id}"><h1 class="company-name">云汀第${id}公司</h1></div>`);

function serve(order: NightSiteOrder): void {
  const counts = new Map<string, number>();
  const jobs = jobsOf(order);
  let hits = 0;
  const pageAt = (url: string): string | null => {
    const list = /^\/jobs\?board=(\d+)&page=(\d+)$/.exec(url);
    if (list) return listPage(Number(list[1]), Number(list[2]), jobs);
    const job = /^\/job\/([\d-]+)\.html$/.exec(url);
    if (job) return jobPage(job[1] ?? '', order, jobs);
    const company = /^\/company\/([\d-]+)$/.exec(url);
    return company ? companyPage(company[1] ?? '') : null;
  };
  const answer: http.RequestListener = (request, response) => {
    const url = request.url ?? '/';
    if (url === '/robots.txt') return void response.writeHead(404).end();
    hits += 1;
    counts.set(url, (counts.get(url) ?? 0) + 1);
    const page = pageAt(url);
    if (page === null) return void response.writeHead(404).end();
    const etag = `"${createHash('md5').update(page).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', etag }).end(page);
  };
  const listen = (): Promise<number> =>
    new Promise((resolve) => {
      const server = http.createServer(answer);
      server.keepAliveTimeout = 60_000;
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  void Promise.all(Array.from({ length: order.ownHosts ? order.boards : 1 }, listen)).then((ports) => process.send?.({ ports }));
  process.on('message', (asked) => process.send?.(asked === 'hits' ? { hits } : { counts: [...counts] }));
}

/** Starts the site in a process of its own. */
export async function startNightSite(order: NightSiteOrder): Promise<NightSite> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(order)], { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
  const gone = new Promise<never>((_, reject) => child.once('exit', () => reject(new Error('the site has ended'))));
  gone.catch(() => undefined);
  const word = <T>(): Promise<T> => Promise.race([gone, new Promise<T>((resolve) => child.once('message', (message) => resolve(message as T)))]);
  // One question at a time: answers carry no name.
  let asking: Promise<unknown> = Promise.resolve();
  const ask = <T>(what: 'hits' | 'counts'): Promise<T> => {
    const answer = asking.then(() => {
      const next = word<T>();
      child.send(what);
      return next;
    });
    asking = answer.catch(() => undefined);
    return answer;
  };
  const { ports } = await word<{ ports: number[] }>();
  const hosts = ports.map((port) => `127.0.0.1:${port}`);
  return {
    hosts,
    host: hosts[0] ?? '',
    boards: Array.from({ length: order.boards }, (_, board) => `http://${hosts[board % hosts.length]}/jobs?board=${board}&page=1`),
    addresses: addressesOf(order),
    hits: async () => (await ask<{ hits: number }>('hits')).hits,
    counts: async () => new Map((await ask<{ counts: [string, number][] }>('counts')).counts),
    close: () => void child.kill('SIGKILL'),
  };
}

const [order] = process.argv.slice(2);
if (process.send && order?.startsWith('{') && process.argv[1] === fileURLToPath(import.meta.url)) serve(JSON.parse(order) as NightSiteOrder);
