/**
 * Digests and canonical bytes. SHA-256 and SM3 (GB/T 32905-2016) come from Node's OpenSSL; canonical JSON
 * follows RFC 8785 for the values we write (strings, finite numbers, booleans, null, arrays, plain objects).
 */
import { createHash } from 'node:crypto';

export type Bytes = Buffer | Uint8Array | string;

/** SHA-256 as lower-case hex. */
export const sha256 = (data: Bytes): string => createHash('sha256').update(data).digest('hex');
/** SM3 as lower-case hex. */
export const sm3 = (data: Bytes): string => createHash('sm3').update(data).digest('hex');

/** Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, no spaces; `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((v) => canonicalJson(v ?? null)).join(',')}]`;
  const members = Object.entries(value as Record<string, unknown>)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`);
  return `{${members.join(',')}}`;
}
