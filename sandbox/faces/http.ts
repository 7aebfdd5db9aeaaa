/**
 * The small HTTP ground all faces stand on: a face turns a request into a reply; this module does the rest —
 * conditional requests (RFC 9110: ETag, Last-Modified, 304), gzip, HEAD, bounded bodies and a request log.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { sha256 } from '../../core/digest.ts';
import { PinchaError, reasonOf } from '../../core/errors.ts';

export interface FaceRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** `http://127.0.0.1:port` of this face. */
  readonly origin: string;
}

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** When set, the reply carries ETag and Last-Modified and may become a 304. */
  readonly lastModified?: Date;
}

export type Face = (request: FaceRequest) => Reply | Promise<Reply>;

export interface RequestLogEntry {
  readonly at: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Body bytes sent, after compression. */
  readonly bytes: number;
}

/** The last requests and the totals per host. */
export interface RequestLog {
  readonly entries: readonly RequestLogEntry[];
  readonly totals: ReadonlyMap<string, { requests: number; bytes: number; notModified: number }>;
  add(entry: RequestLogEntry): void;
  clear(): void;
}

const MOST_ENTRIES = 20_000;

export function createRequestLog(): RequestLog {
  const entries: RequestLogEntry[] = [];
  const totals = new Map<string, { requests: number; bytes: number; notModified: number }>();
  return {
    entries,
    totals,
    add: (entry) => {
      entries.push(entry);
      if (entries.length > MOST_ENTRIES) entries.splice(0, MOST_ENTRIES / 10);
      const sum = totals.get(entry.host) ?? { requests: 0, bytes: 0, notModified: 0 };
      totals.set(entry.host, { requests: sum.requests + 1, bytes: sum.bytes + entry.bytes, notModified: sum.notModified + (entry.status === 304 ? 1 : 0) });
    },
    clear: () => {
      entries.length = 0;
      totals.clear();
    },
  };
}

export const html = (body: string, more: Partial<Reply> = {}): Reply => ({ status: 200, type: 'text/html; charset=utf-8', body, ...more });
export const json = (value: unknown, status = 200, more: Partial<Reply> = {}): Reply => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
  ...more,
});
export const plain = (body: string, status = 200): Reply => ({ status, type: 'text/plain; charset=utf-8', body });

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Text made safe for HTML content and attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);

const MOST_BODY = 1_000_000;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) throw new PinchaError('FILE_TOO_LARGE', { file: 'request', limit: `${MOST_BODY} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isFresh(request: IncomingMessage, etag: string, lastModified: Date): boolean {
  const wanted = request.headers['if-none-match'];
  const bare = (tag: string): string => tag.trim().replace(/^W\//, '');
  if (wanted !== undefined) return wanted.trim() === '*' || wanted.split(',').some((tag) => bare(tag) === bare(etag));
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return Number.isFinite(since) && Math.floor(lastModified.getTime() / 1000) * 1000 <= since;
}

/** Writes a reply and returns what went over the wire. */
function send(request: IncomingMessage, response: ServerResponse, reply: Reply): { status: number; bytes: number } {
  const headers: Record<string, string> = { 'content-type': reply.type, ...reply.headers };
  const raw = Buffer.isBuffer(reply.body) ? reply.body : Buffer.from(reply.body);
  if (reply.lastModified && reply.status === 200) {
    const etag = `W/"${sha256(raw).slice(0, 24)}"`;
    Object.assign(headers, { etag, 'last-modified': reply.lastModified.toUTCString(), 'cache-control': 'no-cache', vary: 'accept-encoding' });
    if (isFresh(request, etag, reply.lastModified)) {
      delete headers['content-type'];
      response.writeHead(304, headers).end();
      return { status: 304, bytes: 0 };
    }
  }
  const zip = raw.length > 1024 && !reply.type.startsWith('image/') && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = zip ? gzipSync(raw) : raw;
  if (zip) headers['content-encoding'] = 'gzip';
  headers['content-length'] = String(body.length);
  response.writeHead(reply.status, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
  return { status: reply.status, bytes: request.method === 'HEAD' ? 0 : body.length };
}

async function answer(face: Face, request: IncomingMessage, response: ServerResponse, host: string, log: RequestLog): Promise<void> {
  const origin = `http://${host}`;
  const target = request.url ?? '/';
  let sent = { status: 500, bytes: 0 };
  try {
    const url = new URL(target, origin);
    const body = request.method === 'POST' ? await readBody(request) : Buffer.alloc(0);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const reply = await face({ method: request.method ?? 'GET', path: decodeURIComponent(url.pathname), query: url.searchParams, headers, body, origin });
    sent = send(request, response, reply);
  } catch (thrown) {
    const status = thrown instanceof PinchaError ? thrown.status : thrown instanceof URIError || thrown instanceof TypeError ? 400 : 500;
    if (!response.headersSent) sent = send(request, response, plain(reasonOf(thrown), status));
    else response.destroy();
  }
  log.add({ at: new Date().toISOString(), host, method: request.method ?? 'GET', path: target, ...sent });
}

export interface Listening {
  readonly host: string;
  readonly origin: string;
  readonly port: number;
  readonly server: Server;
  close(): Promise<void>;
}

/** Binds `server` to a port. @throws PinchaError PORT_TAKEN */
export async function listen(server: Server, host: string, port: number): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new PinchaError('PORT_TAKEN', { port }, error) : error));
    server.listen(port, host, () => resolve());
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    host: `${host}:${bound}`,
    origin: `http://${host}:${bound}`,
    port: bound,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Serves one face on its own port. @param port 0 takes any */
export function serveFace(face: Face, host: string, port: number, log: RequestLog): Promise<Listening> {
  const own = { host: '' };
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void answer(face, request, response, own.host, log);
  });
  return listen(server, host, port).then((listening) => {
    own.host = listening.host;
    return listening;
  });
}
