/**
 * The replay host: shows one evidence package under a host name of its own, away from the desk's cookies and API. Each
 * opening gets a new random name (`<32 hex>.localhost`, or under the name that is configured), so packages cannot see
 * one another either; it ends after an hour. The page people open lives on a second name and keeps the archive in a
 * sandboxed frame, so that no archived script can lead the tab elsewhere. Nothing here reads a session.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../core/clock.ts';
import { PinchaError } from '../../core/errors.ts';
import { APP_PAGE, type FirstPage, innerPage, innerPolicy, shellPage, shellPolicy, WORKER_POLICY, workerScript } from './pages.ts';

export interface ReplayOptions {
  readonly clock: Clock;
  readonly host: string;
  readonly port: number;
  /** Where browsers find it, with `*` for the name of one opening, e.g. `https://*.replay.example.gov.cn`; null for this machine only. */
  readonly publicUrl: string | null;
}

export interface Replayed {
  readonly file: string;
  readonly title: string;
  readonly sha256: string;
  /** Null begins with the list of pages. */
  readonly first: FirstPage | null;
}

export interface ReplayHost {
  /** Opens a package for an hour. @param deskHost name under which the caller sees the desk @returns the address to open */
  open(replayed: Replayed, deskHost: string): string;
  readonly port: number;
  close(): Promise<void>;
}

interface Opening extends Replayed {
  readonly endsAt: number;
}

const OPEN_MS = 3_600_000;
const MAX_OPEN = 200;
const SHELL = 'view-';
const LABEL = /^(view-)?[0-9a-f]{32}$/;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);

/** Folder of ReplayWeb.page as it was published, found without loading it. */
const published = (): string => path.dirname(createRequire(import.meta.url).resolve('replaywebpage/index.html'));

/** The first step of a host name. */
const labelOf = (host: string | undefined): string => host?.split('.')[0]?.toLowerCase() ?? '';

interface Answer {
  readonly type: string;
  readonly csp?: string;
  readonly body: string | Buffer;
}

/** `bytes=a-b` within a file; null when there is none, `refused` when it cannot be served. */
function rangeOf(header: string | undefined, size: number): { from: number; to: number } | 'refused' | null {
  const match = header ? /^bytes=(\d*)-(\d*)$/.exec(header) : null;
  if (!match) return null;
  const [, a = '', b = ''] = match;
  if (a === '' && b === '') return null;
  const from = a === '' ? Math.max(0, size - Number(b)) : Number(a);
  const to = a === '' || b === '' ? size - 1 : Math.min(Number(b), size - 1);
  return from <= to && from < size ? { from, to } : 'refused';
}

async function sendPackage(file: string, req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
  const { size } = await stat(file);
  const range = rangeOf(req.headers.range, size);
  if (range === 'refused') return void res.writeHead(416, { 'content-range': `bytes */${size}` }).end();
  const { from, to } = range ?? { from: 0, to: size - 1 };
  const told = { 'content-type': 'application/wacz', 'accept-ranges': 'bytes', 'content-length': to - from + 1 };
  res.writeHead(range ? 206 : 200, range ? { ...told, 'content-range': `bytes ${from}-${to}/${size}` } : told);
  if (req.method === 'HEAD') return void res.end();
  await pipeline(createReadStream(file, { start: from, end: to }), res);
}

class Replay implements ReplayHost {
  readonly #options: ReplayOptions;
  readonly #open = new Map<string, Opening>();
  readonly #server: http.Server;
  readonly #files = new Map<string, Promise<Buffer>>();

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#server = http.createServer((req, res) => {
      this.#answer(req, res).catch(() => (res.headersSent ? res.destroy() : void res.writeHead(500).end()));
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'EADDRINUSE' ? new PinchaError('PORT_TAKEN', { port: this.#options.port }) : error),
      );
      this.#server.listen(this.#options.port, this.#options.host, resolve);
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : this.#options.port;
  }

  /** The origin of one name. */
  #origin(name: string): string {
    return (this.#options.publicUrl ?? `http://*.localhost:${this.port}`).replace('*', name);
  }

  open(replayed: Replayed, deskHost: string): string {
    if (!this.#options.publicUrl && !LOOPBACK.has(deskHost))
      throw new PinchaError('GUARD_FAILED', { reason: '从其他机器回放须由管理员设置 PINCHA_REPLAY_URL；也可下载证据包后用 ReplayWeb.page 打开' });
    const now = this.#options.clock.now().getTime();
    for (const [name, { endsAt }] of this.#open) if (endsAt <= now || this.#open.size >= MAX_OPEN) this.#open.delete(name);
    const name = randomBytes(16).toString('hex');
    this.#open.set(name, { ...replayed, endsAt: now + OPEN_MS });
    return `${this.#origin(`${SHELL}${name}`)}/`;
  }

  /** Which opening a request is for, by the name it was sent to; null for every other name. */
  #find(host: string | undefined): { name: string; opening: Opening; shell: boolean } | null {
    const label = labelOf(host);
    if (!LABEL.test(label)) return null;
    const name = label.startsWith(SHELL) ? label.slice(SHELL.length) : label;
    const opening = this.#open.get(name);
    const expected = new URL(this.#origin(label)).host;
    if (!opening || host?.toLowerCase() !== expected || opening.endsAt <= this.#options.clock.now().getTime()) return null;
    return { name, opening, shell: label !== name };
  }

  /** A file of ReplayWeb.page, unmodified. */
  #file(name: string): Promise<Buffer> {
    const found = this.#files.get(name) ?? readFile(path.join(published(), name));
    this.#files.set(name, found);
    return found;
  }

  async #page(pathname: string, name: string, opening: Opening): Promise<Answer | null> {
    const shell = this.#origin(`${SHELL}${name}`);
    if (pathname === '/') return { type: 'text/html; charset=utf-8', csp: innerPolicy(shell), body: innerPage(opening.first) };
    if (pathname === '/replay/') return { type: 'text/html; charset=utf-8', csp: innerPolicy(shell), body: APP_PAGE };
    if (pathname === '/replay/sw.js') return { type: 'text/javascript; charset=utf-8', csp: WORKER_POLICY, body: workerScript(shell) };
    if (pathname === '/replay/worker.js') return { type: 'text/javascript; charset=utf-8', csp: WORKER_POLICY, body: await this.#file('sw.js') };
    if (pathname === '/replay/ui.js') return { type: 'text/javascript; charset=utf-8', body: await this.#file('ui.js') };
    return null;
  }

  async #answer(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    const found = this.#find(req.headers.host);
    const { pathname } = new URL(req.url ?? '/', 'http://replay');
    res.setHeader('x-content-type-options', 'nosniff');
    res.setHeader('referrer-policy', 'no-referrer');
    res.setHeader('cache-control', 'no-store');
    // The same port under any other name is nobody's: what is served here must never share a name with the desk.
    if (!found) {
      // Of a replay that is over the browser keeps nothing: not the archive, not the worker that answers for it.
      if (LABEL.test(labelOf(req.headers.host))) res.setHeader('clear-site-data', '"cache", "storage"');
      return void res.writeHead(421, { 'content-type': 'text/plain; charset=utf-8' }).end('回放已结束或地址有误，请从案件页重新打开\n');
    }
    if (req.method !== 'GET' && req.method !== 'HEAD') return void res.writeHead(405).end();
    const { name, opening, shell } = found;
    if (!shell && pathname === '/package.wacz') return sendPackage(opening.file, req, res);
    const inner = this.#origin(name);
    const left = Math.ceil((opening.endsAt - this.#options.clock.now().getTime()) / 1_000) + 1;
    const own: Answer = { type: 'text/html; charset=utf-8', csp: shellPolicy(inner), body: shellPage(opening.title, opening.sha256, inner, left) };
    const answer = shell ? (pathname === '/' ? own : null) : await this.#page(pathname, name, opening);
    if (!answer) return void res.writeHead(404).end();
    res.writeHead(200, { 'content-type': answer.type, ...(answer.csp ? { 'content-security-policy': answer.csp } : {}) });
    res.end(req.method === 'HEAD' ? undefined : answer.body);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** Starts the replay host. @throws PORT_TAKEN */
export async function startReplay(options: ReplayOptions): Promise<ReplayHost> {
  const replay = new Replay(options);
  await replay.listen();
  return replay;
}
