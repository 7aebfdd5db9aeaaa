/**
 * Requests to a store that speaks S3 (AWS, MinIO, Ceph, Aliyun OSS, Huawei OBS): signed (AWS Signature Version 4), with
 * the digest of the body under the signature, bounded in time and answer, and tried again when that can help. What goes
 * wrong is told by status and the store's own code; neither key, signature nor header ever gets into words.
 */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { Agent, type Dispatcher, request } from 'undici';
import { sha256 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';

export interface S3Options {
  readonly bucket: string;
  /** Below it every name stands; empty, or ended by a slash. */
  readonly prefix: string;
  readonly endpoint: string;
  readonly region: string;
  readonly keyId: string;
  readonly secret: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  readonly pathStyle: boolean;
  /** How often a request is sent before it counts as failed. */
  readonly attempts?: number;
  /** Before the second time, ms; four times as long before each further. */
  readonly backoffMs?: number;
  /** For an answer to begin, and for each further piece of it, ms; a body adds its own time at 256 KB/s. */
  readonly timeoutMs?: number;
}

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Below the prefix; null for the bucket itself. */
  readonly name: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Statuses that are answers; any other is a fault. */
  readonly accept: readonly number[];
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Buffer;
}

/** Most that is read into memory at once: a WARC object of one batch, at worst. */
const MAX_BYTES = 1_536 * 1_048_576;
const MAX_FAULT_BYTES = 16_384;
const BYTES_PER_MS = 256;
const CODE = /<Code>([A-Za-z0-9._-]{1,80})<\/Code>/;

type Answer = Awaited<ReturnType<typeof request>>;
type Body = Answer['body'];

/** Tried again: what the store or the way to it may get over. */
const passing = (status: number): boolean => status >= 500 || [408, 409, 429].includes(status);

async function bytesOf(body: Body, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > most) throw new PinchaError('STORE_FAILED', { place: 'S3', reason: `应答超过 ${most} 字节` });
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size);
}

const wordsOf = (thrown: unknown): string => (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : reasonOf(thrown)).slice(0, 200);

export class S3Client {
  readonly title: string;
  readonly #options: Required<S3Options>;
  readonly #agent: Agent;

  constructor(options: S3Options) {
    this.#options = { attempts: 4, backoffMs: 200, timeoutMs: 30_000, ...options };
    const { bucket, prefix, timeoutMs } = this.#options;
    this.title = `s3://${bucket}/${prefix}`.replace(/\/$/, '');
    this.#agent = new Agent({ connections: 16, connect: { timeout: Math.min(10_000, timeoutMs) }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  }

  #url({ name, query }: S3Request): URL {
    const { endpoint, bucket, prefix, pathStyle } = this.#options;
    const url = new URL(endpoint);
    if (!pathStyle) url.hostname = `${bucket}.${url.hostname}`;
    const base = url.pathname.replace(/\/$/, '');
    url.pathname = `${base}${pathStyle ? `/${bucket}` : ''}/${name === null ? '' : `${prefix}${name}`}`;
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
    return url;
  }

  async #once(wanted: S3Request): Promise<Answer> {
    const { region, keyId, secret, timeoutMs } = this.#options;
    const { body, method } = wanted;
    const headers: Record<string, string> = { ...wanted.headers, 'x-amz-content-sha256': sha256(body ?? '') };
    // Buckets with object lock ask for it, and every store checks it.
    if (body) headers['content-md5'] = createHash('md5').update(body).digest('base64');
    const signer = new AwsV4Signer({
      method,
      url: this.#url(wanted).href,
      headers,
      accessKeyId: keyId,
      secretAccessKey: secret,
      service: 's3',
      region,
      ...(body ? { body: body as unknown as BodyInit } : {}),
    });
    const signed = await signer.sign();
    const sent: Record<string, string> = {};
    signed.headers.forEach((value, key) => {
      if (key !== 'host') sent[key] = value;
    });
    const signal = AbortSignal.timeout(timeoutMs + Math.ceil((body?.length ?? 0) / BYTES_PER_MS) + (method === 'GET' ? 300_000 : 0));
    return request(signed.url, { method, headers: sent, body: body ?? null, dispatcher: this.#agent, signal });
  }

  #fault(wanted: S3Request, reason: string, cause?: unknown): PinchaError {
    return new PinchaError('STORE_FAILED', { place: wanted.name === null ? this.title : `${this.title}/${wanted.name}`, reason }, cause);
  }

  /** One answer whose status is accepted, its body taken by `take` within the same try. */
  async #asked<T>(wanted: S3Request, take: (answer: Answer) => Promise<T>): Promise<T> {
    const { attempts, backoffMs } = this.#options;
    for (let tried = 1; ; tried += 1) {
      let failed: { reason: string; again: boolean; cause?: unknown };
      try {
        const answer = await this.#once(wanted);
        if (wanted.accept.includes(answer.statusCode)) return await take(answer);
        const told = CODE.exec((await bytesOf(answer.body, MAX_FAULT_BYTES)).toString('utf8'))?.[1];
        failed = { reason: `HTTP ${answer.statusCode}${told ? ` ${told}` : ''}`, again: passing(answer.statusCode) || told === 'OperationAborted' };
      } catch (thrown) {
        if (thrown instanceof PinchaError) throw thrown;
        failed = { reason: wordsOf(thrown), again: true, cause: thrown };
      }
      if (!failed.again || tried >= attempts) throw this.#fault(wanted, tried > 1 ? `${failed.reason}（共试 ${tried} 次）` : failed.reason, failed.cause);
      await wait(backoffMs * 4 ** (tried - 1) * (0.75 + Math.random() / 2));
    }
  }

  /** @throws STORE_FAILED after the last try, or for an answer that trying again does not change */
  ask(wanted: S3Request): Promise<S3Answer> {
    return this.#asked(wanted, async ({ statusCode, headers, body }) => ({ status: statusCode, headers, body: await bytesOf(body, MAX_BYTES) }));
  }

  /** The body piece by piece; only its beginning is tried again. */
  async open(wanted: S3Request): Promise<{ status: number; body: AsyncIterable<Buffer> }> {
    const { status, body } = await this.#asked(wanted, async (answer) => ({ status: answer.statusCode, body: answer.body as AsyncIterable<Buffer> }));
    const fault = (thrown: unknown): PinchaError => this.#fault(wanted, wordsOf(thrown), thrown);
    async function* pieces(): AsyncGenerator<Buffer> {
      try {
        yield* body;
      } catch (thrown) {
        throw fault(thrown);
      }
    }
    return { status, body: pieces() };
  }

  close = (): Promise<void> => this.#agent.close();
}
