/**
 * The browser's only way out: a proxy on loopback, one for each rendered page, that lets through what the address
 * guard lets through. The browser then resolves no name itself, so redirects, frames, scripts, sockets and names that
 * change their answer all meet the same check, made on the very address that is connected to.
 */
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { PinchaError } from '../../core/errors.ts';
import { type AddressGuard, bareHost, portOf } from './address-guard.ts';
import { noting, resolvedFor } from './network-facts.ts';

/** Whom a URL's connection reached, and all that the resolver had named for it. */
export interface ReachedPeer {
  readonly address: string;
  readonly resolved: readonly string[] | null;
}

export interface GuardProxy {
  /** `http://127.0.0.1:port` */
  readonly server: string;
  /** What was refused, as `host:port`, in order. */
  readonly refusals: readonly string[];
  /** Whether the byte budget is used up; everything is cut off then. */
  readonly exhausted: boolean;
  /** The peer behind a URL that was fetched through here, of the latest connection to its host. */
  peerOf(url: URL): ReachedPeer | null;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Headers between the browser and its proxy only (RFC 9110 section 7.6.1). */
const HOP_HEADERS = ['proxy-connection', 'proxy-authorization', 'connection', 'keep-alive', 'te', 'upgrade'];

/** Books of one proxy: what it refused, reached and carried. */
class Books {
  readonly refusals: string[] = [];
  readonly reached = new Map<string, ReachedPeer>();
  readonly sockets = new Set<Duplex>();
  exhausted = false;
  private carried = 0;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  refuse(url: URL | string, socket: Duplex): void {
    this.refusals.push(typeof url === 'string' ? url.slice(0, 300) : key(url));
    socket.destroy();
  }

  reach(url: URL, socket: Socket): void {
    if (socket.remoteAddress) this.reached.set(key(url), { address: socket.remoteAddress, resolved: resolvedFor(socket) });
  }

  carry(bytes: number): void {
    this.carried += bytes;
    if (this.carried <= this.maxBytes || this.exhausted) return;
    this.exhausted = true;
    for (const socket of this.sockets) socket.destroy();
  }

  watch(socket: Duplex): void {
    if (this.exhausted) socket.destroy();
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }
}

const key = (url: URL): string => `${bareHost(url)}:${portOf(url)}`;
const refusal = (thrown: unknown): boolean => thrown instanceof PinchaError && thrown.code === 'ADDRESS_REFUSED';

/** A plain http request in absolute form. */
function forward(guard: AddressGuard, books: Books, request: http.IncomingMessage, response: http.ServerResponse): void {
  let url: URL;
  try {
    url = guard.check(request.url ?? '');
  } catch {
    books.refuse(request.url ?? '', request.socket);
    return;
  }
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP_HEADERS.includes(name)));
  const { lookup, keep } = noting(guard.lookupFor(url));
  const onward = http.request(url, { method: request.method, headers, lookup, agent: false, timeout: CONNECT_TIMEOUT_MS });
  onward.on('socket', (socket) => {
    keep(socket);
    books.watch(socket);
  });
  onward.on('timeout', () => onward.destroy());
  onward.on('error', (error) => (refusal(error) ? books.refuse(url, request.socket) : request.socket.destroy()));
  onward.on('response', (answer) => {
    books.reach(url, answer.socket);
    answer.on('data', (chunk: Buffer) => books.carry(chunk.length));
    answer.on('error', () => response.destroy());
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
    answer.pipe(response);
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

/** A tunnel for https and sockets. */
function tunnel(guard: AddressGuard, books: Books, authority: string, client: Duplex, head: Buffer): void {
  let url: URL;
  try {
    url = guard.check(`https://${authority}`);
  } catch {
    books.refuse(authority, client);
    return;
  }
  const { lookup, keep } = noting(guard.lookupFor(url));
  const onward: Socket = net.connect({ host: bareHost(url), port: portOf(url), lookup });
  keep(onward);
  books.watch(onward);
  onward.setTimeout(CONNECT_TIMEOUT_MS, () => onward.destroy());
  onward.on('error', (error) => (refusal(error) ? books.refuse(url, client) : client.destroy()));
  onward.on('connect', () => {
    books.reach(url, onward);
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) onward.write(head);
    onward.on('data', (chunk: Buffer) => books.carry(chunk.length));
    onward.pipe(client);
    client.pipe(onward);
  });
  client.on('close', () => onward.destroy());
  onward.on('close', () => client.destroy());
}

/** @param maxBytes what one page may load altogether */
export async function startGuardProxy(guard: AddressGuard, maxBytes: number): Promise<GuardProxy> {
  const books = new Books(maxBytes);
  const server = http.createServer((request, response) => forward(guard, books, request, response));
  server.on('connection', (socket) => books.watch(socket));
  server.on('connect', (request, socket, head) => tunnel(guard, books, request.url ?? '', socket, head));
  // Browsers tunnel their sockets; an upgrade in the open is nobody's business here.
  server.on('upgrade', (_request, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server: `http://127.0.0.1:${port}`,
    refusals: books.refusals,
    get exhausted() {
      return books.exhausted;
    },
    peerOf: (url) => books.reached.get(key(url)) ?? null,
    async close() {
      for (const socket of books.sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
