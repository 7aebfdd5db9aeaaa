/**
 * The evidence in a bucket: the vault's names as keys of a store that speaks S3. Objects are whole or not there, so a
 * batch of sealed records becomes a WARC object of its own. A name is put only where none stands (`If-None-Match`); stores
 * that do not know that condition get the bytes without it, which does no harm: names are digests or drawn at random.
 * In a bucket with versions what is destroyed is destroyed in every version; a bucket that locks its objects refuses, and
 * that is told.
 */
import { PinchaError } from '../core/errors.ts';
import type { Stretch, Vault } from '../core/ports.ts';
import { checkedName } from './place.ts';
import { type S3Answer, S3Client, type S3Options } from './s3-client.ts';

const MAX_LISTED = 1_000;
const UNKNOWN_CONDITION = new Set([400, 501]);

const unescaped = (xml: string): string =>
  xml.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name] ?? '');
const member = (xml: string, name: string): string | null => {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found === undefined ? null : unescaped(found);
};
const blocks = (xml: string, name: string): string[] => [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map((m) => m[1] ?? '');
const keyOf = (xml: string): string => decodeURIComponent(member(xml, 'Key') ?? '');

class S3Vault implements Vault {
  readonly title: string;
  readonly #client: S3Client;
  readonly #prefix: string;

  constructor(options: S3Options) {
    this.#client = new S3Client(options);
    this.#prefix = options.prefix;
    this.title = this.#client.title;
  }

  async size(name: string): Promise<number | null> {
    const { status, headers } = await this.#client.ask({ method: 'HEAD', name: checkedName(name), accept: [200, 404] });
    return status === 404 ? null : Number(headers['content-length']);
  }

  async put(name: string, bytes: Buffer): Promise<boolean> {
    // Asking first spares the sending: most bytes that come again are there.
    const there = await this.size(name);
    if (there === bytes.length) return false;
    const { status } = await this.#put(name, bytes, there === null ? { 'if-none-match': '*' } : {});
    return status === 200;
  }

  async #put(name: string, bytes: Buffer, condition: Readonly<Record<string, string>>): Promise<S3Answer> {
    const wanted = { method: 'PUT', name: checkedName(name), body: bytes, headers: { ...condition, 'content-type': 'application/octet-stream' } } as const;
    const conditional = Object.keys(condition).length > 0;
    const answer = await this.#client.ask({ ...wanted, accept: conditional ? [200, 412, ...UNKNOWN_CONDITION] : [200] });
    if (!UNKNOWN_CONDITION.has(answer.status)) return answer;
    return this.#client.ask({ ...wanted, headers: { 'content-type': 'application/octet-stream' }, accept: [200] });
  }

  async read(name: string, stretch?: Stretch): Promise<Buffer | null> {
    const range: Record<string, string> = stretch ? { range: `bytes=${stretch.offset}-${stretch.offset + stretch.length - 1}` } : {};
    const { status, body } = await this.#client.ask({ method: 'GET', name: checkedName(name), headers: range, accept: [200, 206, 404, 416] });
    if (status === 404) return null;
    if (status === 416) return Buffer.alloc(0);
    // A store that knows no ranges sends all.
    return stretch && status === 200 ? body.subarray(stretch.offset, stretch.offset + stretch.length) : body;
  }

  async *stream(name: string): AsyncGenerator<Buffer> {
    const { body } = await this.#client.open({ method: 'GET', name: checkedName(name), accept: [200] });
    yield* body;
  }

  async overwrite(name: string, offset: number, bytes: Buffer): Promise<void> {
    const { status, body, headers } = await this.#client.ask({ method: 'GET', name: checkedName(name), accept: [200, 404] });
    if (status === 404) return;
    if (offset + bytes.length > body.length) throw new PinchaError('EVIDENCE_BROKEN', { place: `${name}@${offset}`, reason: '文件在该记录之前已结束' });
    bytes.copy(body, offset);
    const etag = headers['etag'];
    const done = await this.#put(name, body, typeof etag === 'string' ? { 'if-match': etag } : {});
    if (done.status === 412) throw new PinchaError('STORE_FAILED', { place: `${this.title}/${name}`, reason: '对象同时被他人改写' });
    await this.#dropVersions(name, done.headers['x-amz-version-id']);
  }

  async remove(name: string): Promise<void> {
    const { headers } = await this.#client.ask({ method: 'DELETE', name: checkedName(name), accept: [200, 204, 404] });
    await this.#dropVersions(name, headers['x-amz-version-id']);
  }

  /** In a bucket with versions: removes every one but the newest that stands, and every mark of removal. */
  async #dropVersions(name: string, newest: string | string[] | undefined): Promise<void> {
    if (newest === undefined) return;
    for (let round = 0; round < 100; round += 1) {
      const key = `${this.#prefix}${name}`;
      const query = { versions: '', prefix: key, 'encoding-type': 'url', 'max-keys': String(MAX_LISTED) };
      const { body } = await this.#client.ask({ method: 'GET', name: null, query, accept: [200] });
      const xml = body.toString('utf8');
      const standing = blocks(xml, 'Version').filter((v) => keyOf(v) === key && member(v, 'VersionId') !== newest);
      const marks = blocks(xml, 'DeleteMarker').filter((v) => keyOf(v) === key);
      const doomed = [...standing, ...marks].flatMap((v) => member(v, 'VersionId') ?? []);
      for (const versionId of doomed) await this.#client.ask({ method: 'DELETE', name, query: { versionId }, accept: [200, 204, 404] });
      if (doomed.length === 0) return;
    }
  }

  async *list(prefix: string): AsyncGenerator<{ name: string; size: number }> {
    for (let token: string | null = null; ; ) {
      const query: Record<string, string> = { 'list-type': '2', prefix: `${this.#prefix}${prefix}`, 'encoding-type': 'url', 'max-keys': String(MAX_LISTED) };
      if (token !== null) query['continuation-token'] = token;
      const { body } = await this.#client.ask({ method: 'GET', name: null, query, accept: [200] });
      const xml = body.toString('utf8');
      for (const entry of blocks(xml, 'Contents')) {
        const key = keyOf(entry);
        if (key.startsWith(this.#prefix)) yield { name: key.slice(this.#prefix.length), size: Number(member(entry, 'Size')) };
      }
      token = member(xml, 'IsTruncated') === 'true' ? member(xml, 'NextContinuationToken') : null;
      if (token === null) return;
    }
  }

  close = (): Promise<void> => this.#client.close();
}

/** A vault in a bucket. Nothing is asked before it is used. */
export const createS3Vault = (options: S3Options): Vault => new S3Vault(options);
