/**
 * One HTTP request and its answer, bounded in every direction: time until the end, silence in between, bytes on the
 * wire and bytes after decoding. It connects only to addresses the guard has checked (the lookup of the connection
 * itself is the guarded one). Node's own client is used because evidence needs what it exposes: raw header pairs,
 * the status line and the peer's address. It never throws for what a host does.
 */
import http from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { PinchaError } from '../../core/errors.ts';
import type { NetworkFacts, Outcome } from '../../core/model/capture.ts';
import type { AddressGuard } from './address-guard.ts';
import { networkFactsOf, noting } from './network-facts.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as a POST; without it the request is a GET. */
  readonly body?: Buffer;
  /** Cap on the body, on the wire and decoded. */
  readonly maxBytes: number;
  /** Until the last byte, in ms. */
  readonly timeoutMs: number;
  /** Longest silence, in ms. */
  readonly idleMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly httpVersion: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly remoteAddress: string | null;
  readonly network: NetworkFacts;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** Until the first byte, in ms. */
  readonly latencyMs: number;
  readonly elapsedMs: number;
}

export interface HttpFailure {
  readonly outcome: Extract<Outcome, 'network' | 'timeout' | 'too_large' | 'refused_address'>;
  readonly reason: string;
  readonly elapsedMs: number;
}

export interface HttpSender {
  /** @throws PinchaError INTERRUPTED when the signal aborts; nothing else */
  send(request: HttpRequest): Promise<HttpAnswer | HttpFailure>;
  close(): void;
}

const MOST_INTERIM = 10;

export const failed = (result: HttpAnswer | HttpFailure): result is HttpFailure => 'outcome' in result;

/** The value of a header, several joined by a comma; null when absent. */
export function headerOf(headers: readonly (readonly [string, string])[], name: string): string | null {
  const values = headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? null : values.join(', ');
}

class Stop extends Error {
  readonly outcome: HttpFailure['outcome'];
  constructor(outcome: HttpFailure['outcome'], reason: string) {
    super(reason);
    this.outcome = outcome;
  }
}

const CODES_ZH: Readonly<Record<string, string>> = {
  ENOTFOUND: '域名无法解析',
  EAI_AGAIN: '域名暂时无法解析',
  ECONNREFUSED: '连接被拒绝',
  ECONNRESET: '连接被对方中断',
  EPIPE: '连接被对方中断',
  EHOSTUNREACH: '主机不可达',
  ENETUNREACH: '网络不可达',
  ETIMEDOUT: '连接超时',
  CERT_HAS_EXPIRED: '证书已过期',
  CERT_NOT_YET_VALID: '证书尚未生效',
  EPROTO: '加密连接失败',
  DEPTH_ZERO_SELF_SIGNED_CERT: '证书不可信',
  SELF_SIGNED_CERT_IN_CHAIN: '证书不可信',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: '证书不可信',
  ERR_TLS_CERT_ALTNAME_INVALID: '证书与域名不符',
};

const codeOf = (thrown: unknown): string => {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return codeOf(thrown.errors[0]);
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  return typeof code === 'string' ? code : 'UNKNOWN';
};

/** What an error of Node's network layer comes to, in words. */
export function failureOf(thrown: unknown, elapsedMs: number): HttpFailure {
  if (thrown instanceof Stop) return { outcome: thrown.outcome, reason: thrown.message, elapsedMs };
  if (thrown instanceof PinchaError) return { outcome: thrown.code === 'ADDRESS_REFUSED' ? 'refused_address' : 'network', reason: thrown.message, elapsedMs };
  const code = codeOf(thrown);
  const words =
    CODES_ZH[code] ?? (code.startsWith('HPE_') ? '应答不合 HTTP 规范' : code.startsWith('Z_') || code.startsWith('ERR_BROTLI') ? '压缩内容损坏' : '网络故障');
  return { outcome: code === 'ETIMEDOUT' ? 'timeout' : 'network', reason: `${words}（${code}）`, elapsedMs };
}

const [gunzip, inflate, inflateRaw, brotli] = [promisify(zlib.gunzip), promisify(zlib.inflate), promisify(zlib.inflateRaw), promisify(zlib.brotliDecompress)];

/** Undoes content codings (RFC 9110 section 8.4), never past `maxBytes`. Truncated streams yield what is there, as browsers do. */
async function decode(body: Buffer, encoding: string | null, maxBytes: number): Promise<Buffer> {
  const codings = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((c) => c.trim())
    .filter((c) => c !== '' && c !== 'identity')
    .reverse();
  if (codings.length > 2) throw new Stop('network', '压缩层数过多');
  const options = { maxOutputLength: maxBytes, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  let bytes = body;
  for (const coding of codings) {
    if (bytes.length === 0) break;
    if (coding === 'gzip' || coding === 'x-gzip') bytes = await gunzip(bytes, options);
    // "deflate" means zlib (RFC 1950), yet some servers send it raw; the low nibble of a zlib header is always 8.
    else if (coding === 'deflate') bytes = ((bytes[0] ?? 0) & 0x0f) === 8 ? await inflate(bytes, options) : await inflateRaw(bytes, options);
    else if (coding === 'br') bytes = await brotli(bytes, { maxOutputLength: maxBytes, finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH });
    else throw new Stop('network', `不支持的压缩方式（${coding.slice(0, 20)}）`);
  }
  return bytes;
}

const pairs = (raw: readonly string[]): [string, string][] => Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? '', raw[2 * i + 1] ?? '']);

const sentHeaders = (request: http.ClientRequest): Record<string, string> =>
  Object.fromEntries(Object.entries(request.getHeaders()).map(([name, value]) => [name, String(value)]));

/** The answer's head, and its body as it came over the wire. */
interface Wire {
  readonly response: http.IncomingMessage;
  readonly body: Buffer;
  readonly remoteAddress: string | null;
  readonly network: NetworkFacts;
  readonly requestHeaders: Record<string, string>;
  readonly latencyMs: number;
}

async function readBody(response: http.IncomingMessage, maxBytes: number, touch: () => void): Promise<Buffer> {
  const tooLarge = (): Stop => new Stop('too_large', `内容超过上限 ${Math.floor(maxBytes / 1024)} KB`);
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    touch();
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function exchange(message: http.ClientRequest, request: HttpRequest): Promise<Wire> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const stop = (error: Error): void => {
      message.destroy(error);
      done(() => reject(error));
    };
    const total = setTimeout(() => stop(new Stop('timeout', `超过 ${request.timeoutMs} 毫秒未完成`)), request.timeoutMs);
    const idle = setTimeout(() => stop(new Stop('timeout', `${request.idleMs} 毫秒没有收到数据`)), request.idleMs);
    const aborted = (): void => stop(new PinchaError('INTERRUPTED', { reason: request.url.origin }));
    const done = (settle: () => void): void => {
      clearTimeout(total);
      clearTimeout(idle);
      request.signal?.removeEventListener('abort', aborted);
      settle();
    };
    request.signal?.addEventListener('abort', aborted);
    message.on('error', (error) => done(() => reject(error)));
    // Interim answers (1xx) may come before the real one, a few of them; a flood of them never ends.
    let interim = 0;
    message.on('information', () => {
      interim += 1;
      if (interim > MOST_INTERIM) stop(new Stop('network', `临时应答（1xx）超过 ${MOST_INTERIM} 个`));
    });
    // An upgrade nobody asked for leaves a bare socket behind: no page.
    message.on('upgrade', (_response, socket) => {
      socket.destroy();
      stop(new Stop('network', '对方要求切换协议'));
    });
    message.on('response', (response) => {
      idle.refresh();
      const [latencyMs, remoteAddress] = [performance.now() - started, response.socket.remoteAddress ?? null];
      const network = networkFactsOf(response.socket);
      readBody(response, request.maxBytes, () => idle.refresh()).then(
        (body) => done(() => resolve({ response, body, remoteAddress, network, requestHeaders: sentHeaders(message), latencyMs })),
        (error: Error) => stop(error),
      );
    });
    message.end(request.body);
  });
}

const closedWhileIdle = (thrown: unknown, message: http.ClientRequest): boolean =>
  message.reusedSocket && !(thrown instanceof PinchaError) && ['ECONNRESET', 'EPIPE'].includes(codeOf(thrown));

export function createHttpSender(guard: AddressGuard): HttpSender {
  const keep = { keepAlive: true, maxSockets: 16, maxFreeSockets: 4, maxTotalSockets: 256, timeout: 15_000 };
  const agents = { 'http:': new http.Agent(keep), 'https:': new https.Agent(keep) };
  const open = (request: HttpRequest): http.ClientRequest => {
    const { url } = request;
    const { lookup, keep } = noting(guard.lookupFor(url));
    const options = { method: request.body ? 'POST' : 'GET', headers: request.headers, lookup, maxHeaderSize: 65_536, insecureHTTPParser: false };
    const message =
      url.protocol === 'https:' ? https.request(url, { ...options, agent: agents['https:'] }) : http.request(url, { ...options, agent: agents['http:'] });
    return message.on('socket', keep);
  };
  const attempt = async (request: HttpRequest): Promise<Wire> => {
    const message = open(request);
    try {
      return await exchange(message, request);
    } catch (thrown) {
      // The server closed a kept connection at the moment we used it again: the request was not answered, so ask once more.
      if (!closedWhileIdle(thrown, message)) throw thrown;
      return await exchange(open(request), request);
    }
  };
  return {
    async send(request) {
      if (request.signal?.aborted) throw new PinchaError('INTERRUPTED', { reason: request.url.origin });
      const started = performance.now();
      const elapsed = (): number => Math.round(performance.now() - started);
      try {
        const { response, body, remoteAddress, network, requestHeaders, latencyMs } = await attempt(request);
        const headers = pairs(response.rawHeaders);
        return {
          status: response.statusCode ?? 0,
          statusText: response.statusMessage ?? '',
          httpVersion: response.httpVersion,
          headers,
          body: await decode(body, headerOf(headers, 'content-encoding'), request.maxBytes),
          remoteAddress,
          network,
          requestHeaders,
          latencyMs: Math.round(latencyMs),
          elapsedMs: elapsed(),
        };
      } catch (thrown) {
        if (thrown instanceof PinchaError && thrown.code === 'INTERRUPTED') throw thrown;
        if (codeOf(thrown) === 'ERR_BUFFER_TOO_LARGE') return { outcome: 'too_large', reason: '解压后内容超过上限', elapsedMs: elapsed() };
        return failureOf(thrown, elapsed());
      }
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}
