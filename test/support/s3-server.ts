/**
 * A store that speaks S3, in memory, on loopback: checks every signature (AWS Signature Version 4) with node:crypto
 * alone, checks the digests of what is sent, keeps conditions, ranges, pages of a listing, versions and locks, and fails on
 * demand. It knows nothing of our client.
 */
import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export const S3_KEY = { keyId: 'AKTEST', secret: 'wJalr/Secret+Key=', region: 'cn-north-1' };

interface Version {
  readonly id: string;
  readonly key: string;
  readonly body: Buffer | null;
}

export interface S3Options {
  /** Keeps older versions and marks of removal. */
  versions?: boolean;
  /** Refuses to delete a version. */
  locked?: boolean;
  /** Answers conditional writes with 501. */
  unconditional?: boolean;
  /** Keys on one page of a listing. */
  page?: number;
  /** What to do with the next requests of a kind instead of serving them. */
  fault?: (req: http.IncomingMessage, res: http.ServerResponse) => boolean;
}

const sha = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();
const uriPart = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** What is wrong with the signature of a request, or null. */
function signatureFault(req: http.IncomingMessage, url: URL): string | null {
  const told = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
    req.headers.authorization ?? '',
  );
  if (!told) return 'AccessDenied';
  const [, keyId, day, region, names = '', signature = ''] = told;
  const date = String(req.headers['x-amz-date']);
  const age = Math.abs(Date.now() - Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')));
  if (keyId !== S3_KEY.keyId) return 'InvalidAccessKeyId';
  if (!(age < 900_000) || !date.startsWith(day ?? '?')) return 'RequestTimeTooSkewed';
  const signed = names.split(';');
  if (!['host', 'x-amz-date', 'x-amz-content-sha256'].every((name) => signed.includes(name))) return 'AccessDenied';
  const query = [...url.searchParams].map(([k, v]) => `${uriPart(k)}=${uriPart(v)}`).sort();
  const path = url.pathname.split('/').map((part) => uriPart(decodeURIComponent(part)));
  const headers = signed.map((name) => `${name}:${String(req.headers[name]).trim().replace(/ +/g, ' ')}\n`);
  const canonical = [req.method, path.join('/'), query.join('&'), headers.join(''), names, String(req.headers['x-amz-content-sha256'])].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = [region ?? '', 's3', 'aws4_request'].reduce(hmac, hmac(`AWS4${S3_KEY.secret}`, day ?? ''));
  const expected = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha(canonical)}`);
  if (region !== S3_KEY.region) return 'AuthorizationHeaderMalformed';
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? null : 'SignatureDoesNotMatch';
}

export class S3Server {
  readonly options: S3Options = {};
  /** Oldest first. */
  versions: Version[] = [];
  /** What came, as `PUT key`. */
  readonly log: string[] = [];
  readonly #server = http.createServer((req, res) => void this.#serve(req, res));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Keys that stand, with their bytes. */
  get objects(): Map<string, Buffer> {
    const now = new Map<string, Buffer | null>();
    for (const { key, body } of this.versions) now.set(key, body);
    return new Map([...now].flatMap(([key, body]) => (body ? [[key, body] as const] : [])));
  }

  /** Changes bytes behind everybody's back. */
  tamper(key: string, change: (body: Buffer) => Buffer): void {
    this.versions = this.versions.map((v) => (v.key === key && v.body ? { ...v, body: change(Buffer.from(v.body)) } : v));
  }

  /** The settings of a vault below `prefix` in this server's bucket. */
  place(prefix = 'pincha/live/') {
    return { bucket: 'evidence', prefix, endpoint: this.endpoint, pathStyle: true, ...S3_KEY, attempts: 3, backoffMs: 1, timeoutMs: 5_000 };
  }

  close = (): Promise<void> =>
    new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });

  async #serve(req: http.IncomingMessage, res: http.ServerResponse): Promise<unknown> {
    const url = new URL(req.url ?? '/', this.endpoint);
    const [bucket, ...rest] = decodeURIComponent(url.pathname).slice(1).split('/');
    const key = rest.join('/');
    this.log.push(`${req.method} ${key || url.search}`);
    if (this.options.fault?.(req, res)) return null;
    const pieces: Buffer[] = [];
    try {
      for await (const piece of req) pieces.push(piece as Buffer);
    } catch {
      return null; // Cut off: nothing is stored.
    }
    const body = Buffer.concat(pieces);
    const fault = signatureFault(req, url) ?? this.#bodyFault(req, body) ?? (bucket === 'evidence' ? null : 'NoSuchBucket');
    if (fault) return fail(res, fault === 'NoSuchBucket' ? 404 : 403, fault);
    if (key === '') return this.#list(res, url.searchParams);
    if (req.method === 'PUT') return this.#put(req, res, key, body);
    if (req.method === 'DELETE') return this.#delete(res, key, url.searchParams.get('versionId'));
    return this.#get(req, res, key);
  }

  #bodyFault(req: http.IncomingMessage, body: Buffer): string | null {
    if (req.headers['x-amz-content-sha256'] !== sha(body)) return 'XAmzContentSHA256Mismatch';
    const md5 = req.headers['content-md5'];
    if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64')) return 'BadDigest';
    return null;
  }

  #put(req: http.IncomingMessage, res: http.ServerResponse, key: string, body: Buffer): http.ServerResponse {
    const [none, match] = [req.headers['if-none-match'], req.headers['if-match']];
    if (this.options.unconditional && (none ?? match)) return fail(res, 501, 'NotImplemented');
    const there = this.objects.get(key);
    if ((none === '*' && there) || (match && (!there || match !== `"${sha(there)}"`))) return fail(res, 412, 'PreconditionFailed');
    const version: Version = { id: randomUUID(), key, body };
    this.versions = [...(this.options.versions ? this.versions : this.versions.filter((v) => v.key !== key)), version];
    return res.writeHead(200, { etag: `"${sha(body)}"`, ...(this.options.versions ? { 'x-amz-version-id': version.id } : {}) }).end();
  }

  #delete(res: http.ServerResponse, key: string, versionId: string | null): http.ServerResponse {
    if (versionId !== null) {
      if (this.options.locked) return fail(res, 403, 'AccessDenied');
      this.versions = this.versions.filter((v) => v.id !== versionId);
      return res.writeHead(204).end();
    }
    if (this.options.versions) {
      const mark: Version = { id: randomUUID(), key, body: null };
      this.versions.push(mark);
      return res.writeHead(204, { 'x-amz-version-id': mark.id, 'x-amz-delete-marker': 'true' }).end();
    }
    this.versions = this.versions.filter((v) => v.key !== key);
    return res.writeHead(204).end();
  }

  #get(req: http.IncomingMessage, res: http.ServerResponse, key: string): http.ServerResponse {
    const body = this.objects.get(key);
    if (!body) return fail(res, 404, 'NoSuchKey', req.method === 'HEAD');
    const range = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '');
    const [from, to] = range ? [Number(range[1]), Math.min(Number(range[2]) + 1, body.length)] : [0, body.length];
    if (range && from >= body.length) return fail(res, 416, 'InvalidRange');
    res.writeHead(range ? 206 : 200, { etag: `"${sha(body)}"`, 'content-length': to - from });
    return res.end(req.method === 'HEAD' ? undefined : body.subarray(from, to));
  }

  #list(res: http.ServerResponse, query: URLSearchParams): http.ServerResponse {
    const prefix = query.get('prefix') ?? '';
    if (query.has('versions')) {
      const latest = new Map(this.versions.map((v) => [v.key, v.id]));
      const lines = this.versions
        .filter((v) => v.key.startsWith(prefix))
        .map(({ id, key, body }) => {
          const tag = body ? 'Version' : 'DeleteMarker';
          return `<${tag}><Key>${uriPart(key)}</Key><VersionId>${id}</VersionId><IsLatest>${latest.get(key) === id}</IsLatest></${tag}>`;
        });
      return res.end(`<ListVersionsResult>${lines.join('')}</ListVersionsResult>`);
    }
    const found = [...this.objects].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    const from = Number(query.get('continuation-token') ?? 0);
    const to = from + Math.min(this.options.page ?? 1_000, Number(query.get('max-keys')));
    const lines = found.slice(from, to).map(([key, body]) => `<Contents><Key>${uriPart(key)}</Key><Size>${body.length}</Size></Contents>`);
    const more = to < found.length ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${to}</NextContinuationToken>` : '<IsTruncated>false</IsTruncated>';
    return res.end(`<?xml version="1.0"?><ListBucketResult>${more}${lines.join('')}</ListBucketResult>`);
  }
}

function fail(res: http.ServerResponse, status: number, code: string, empty = false): http.ServerResponse {
  return res.writeHead(status).end(empty ? undefined : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${S3_KEY.secret}</Message></Error>`);
}
