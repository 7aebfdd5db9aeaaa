/**
 * A hostile host for tests: every way a page can try to exhaust or divert a fetcher, on demand, on loopback. Each
 * address names its fault; nothing here is part of the sandbox platform itself.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createGzip, gzipSync } from 'node:zlib';
import { type Listening, listen } from './faces/http.ts';

type Fault = (request: IncomingMessage, response: ServerResponse, detail: string) => void;

const MEGABYTE = Buffer.alloc(1_000_000, '招');
const HEAD = { 'content-type': 'text/html; charset=utf-8' };

/** Writes `chunk` `times` times, no faster than the reader takes it. */
function pour(
  response: { write(chunk: Buffer): boolean; once(event: 'drain', go: () => void): unknown; end(): unknown; destroyed: boolean },
  chunk: Buffer,
  times: number,
): void {
  let left = times;
  const go = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(chunk)) {
        response.once('drain', go);
        return;
      }
    }
    response.end();
  };
  go();
}

/** One byte now and then, for ever. */
function drip(response: ServerResponse, everyMs: number): void {
  const timer = setInterval(() => response.write('.'), everyMs);
  response.on('close', () => clearInterval(timer));
}

const FAULTS: Record<string, Fault> = {
  /** A page of 50 MB, without a length so that only counting helps. */
  huge: (_request, response) => {
    response.writeHead(200, HEAD);
    pour(response, MEGABYTE, 50);
  },
  /** The same, with an honest Content-Length. */
  'huge-declared': (_request, response) => {
    response.writeHead(200, { ...HEAD, 'content-length': String(50 * MEGABYTE.length) });
    pour(response, MEGABYTE, 50);
  },
  /** A body that never ends, a byte every 200 ms. */
  drip: (_request, response) => {
    response.writeHead(200, HEAD);
    response.write('<!DOCTYPE html><title>…</title>');
    drip(response, 200);
  },
  /** Takes the request and never answers. */
  silent: () => undefined,
  /** About 200 KB of gzip that unfold to 200 MB. */
  'gzip-bomb': (_request, response) => {
    response.writeHead(200, { ...HEAD, 'content-encoding': 'gzip' });
    const zip = createGzip({ level: 9 });
    zip.pipe(response);
    response.on('close', () => zip.destroy());
    pour(zip, Buffer.alloc(1_000_000), 200);
  },
  /** Says gzip, is not. */
  'gzip-broken': (_request, response) => {
    const whole = gzipSync(MEGABYTE);
    response.writeHead(200, { ...HEAD, 'content-encoding': 'gzip' });
    response.end(whole.subarray(0, whole.length >> 1));
  },
  /** Redirects to the address in the path, or `?to=`. */
  redirect: (_request, response, detail) => {
    response.writeHead(302, { location: detail }).end();
  },
  /** Redirects to the cloud metadata address. */
  metadata: (_request, response) => {
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
  },
  /** Redirects to itself. */
  loop: (request, response) => {
    response.writeHead(302, { location: request.url ?? '/loop' }).end();
  },
  /** Redirects on and on, each time to a new address. */
  chain: (_request, response, detail) => {
    response.writeHead(302, { location: `/chain?to=${(Number.parseInt(detail, 10) || 0) + 1}` }).end();
  },
  /** Closes the connection in the middle of a body of declared length. */
  cut: (_request, response) => {
    response.writeHead(200, { ...HEAD, 'content-length': '100000' });
    response.write('<!DOCTYPE html><title>half', () => response.destroy());
  },
  /** Thousands of response headers. */
  headers: (_request, response) => {
    for (let i = 0; i < 500; i += 1) response.setHeader(`x-noise-${i}`, 'n'.repeat(400));
    response.writeHead(200, HEAD).end('ok');
  },
  ok: (_request, response) => {
    response.writeHead(200, HEAD).end('<!DOCTYPE html><title>ok</title><p>ok</p>');
  },
  /** Answers `?to=` as the status, with Retry-After: 1. */
  status: (_request, response, detail) => {
    response.writeHead(Math.min(599, Math.max(200, Number.parseInt(detail, 10) || 500)), { ...HEAD, 'retry-after': '1' }).end('status');
  },
};

export interface FaultHost {
  readonly host: string;
  readonly origin: string;
  /** The address of a fault; `to` is where a redirect leads, which status to give, and so on. */
  url(fault: string, to?: string): string;
  /** Paths asked for so far, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts the hostile host on any loopback port. */
export async function startFaultHost(host = '127.0.0.1'): Promise<FaultHost> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fault.invalid');
    asked.push(url.pathname);
    response.on('error', () => undefined);
    const fault = FAULTS[url.pathname.slice(1)];
    if (url.pathname === '/robots.txt') response.writeHead(200, { 'content-type': 'text/plain' }).end('User-agent: *\nDisallow:\n');
    else if (fault) fault(request, response, url.searchParams.get('to') ?? '/ok');
    else response.writeHead(404).end();
  });
  const listening: Listening = await listen(server, host, 0);
  return {
    host: listening.host,
    origin: listening.origin,
    url: (fault, to) => `${listening.origin}/${fault}${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}`,
    asked,
    close: listening.close,
  };
}
