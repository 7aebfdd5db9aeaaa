/** Bodies as they travelled: chunks put together, content decoded, both bounded; what cannot be decoded stays as it is. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { IMPORT_LIMITS } from './types.ts';

/** A body without its chunk sizes; a broken chunk ends it. */
export function withoutChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\r\n', at);
    if (end < 0 || end - at > 200) break;
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (!Number.isInteger(size) || size <= 0) break;
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

/** A body without its content encodings, outermost first. */
export function decoded(body: Buffer, encodings: string | null): Buffer {
  const options = { maxOutputLength: IMPORT_LIMITS.body };
  let out = body;
  for (const encoding of (encodings ?? '').toLowerCase().split(',').reverse().slice(0, 3)) {
    try {
      const name = encoding.trim();
      if (name === 'gzip' || name === 'x-gzip') out = gunzipSync(out, options);
      else if (name === 'br') out = brotliDecompressSync(out, options);
      else if (name === 'deflate') out = (out[0] ?? 0) % 16 === 8 ? inflateSync(out, options) : inflateRawSync(out, options);
    } catch {
      // Programs that keep the decoded body often keep the header of the encoded one.
      return out;
    }
  }
  return out;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** An HTTP/1 answer as bytes; null when it is none. */
export function readAnswer(block: Buffer): HttpAnswer | null {
  const end = block.indexOf('\r\n\r\n');
  const head = end < 0 || end > 262_144 ? '' : block.toString('latin1', 0, end);
  const status = /^HTTP\/[\d.]{1,4} (\d{3})\b/.exec(head)?.[1];
  if (status === undefined) return null;
  const headers = new Map<string, string>();
  for (const line of head.split('\r\n').slice(1, 500)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const raw = block.subarray(end + 4);
  const whole = /\bchunked\b/i.test(headers.get('transfer-encoding') ?? '') ? withoutChunks(raw) : raw;
  return { status: Number(status), headers, body: decoded(whole, headers.get('content-encoding') ?? null) };
}
