/**
 * SM2 signatures with SM3 (GB/T 32918.2-2016, default identity of GB/T 35276). Node knows the curve and the digest,
 * yet its signer leaves the signer's identity empty and offers no way to set it, so what it signs no other SM2
 * implementation accepts as usual. Only that part is done here; the secret scalar meets the curve inside OpenSSL.
 */
import { createECDH, createHash, randomBytes } from 'node:crypto';
import { PinchaError } from '../core/errors.ts';
import { childAt, childrenOf, der, derInteger, hexOf, readDer, TAG } from './der.ts';

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const GX = 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n;
const GY = 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n;
const IDENTITY = Buffer.from('1234567812345678', 'ascii');

/** Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity. */
type Point = readonly [bigint, bigint, bigint];
const INFINITY: Point = [1n, 1n, 0n];

const mod = (value: bigint, m: bigint): bigint => {
  const rest = value % m;
  return rest < 0n ? rest + m : rest;
};
const bytes32 = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`);

function inverse(value: bigint, m: bigint): bigint {
  let [r0, r1, t0, t1] = [m, mod(value, m), 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1, t0, t1] = [r1, r0 - q * r1, t1, t0 - q * t1];
  }
  return mod(t0, m);
}

function double([x, y, z]: Point): Point {
  if (z === 0n || y === 0n) return INFINITY;
  const yy = mod(y * y, P);
  const s = mod(4n * x * yy, P);
  const zz = mod(z * z, P);
  const m = mod(3n * x * x + A * zz * zz, P);
  const x3 = mod(m * m - 2n * s, P);
  return [x3, mod(m * (s - x3) - 8n * yy * yy, P), mod(2n * y * z, P)];
}

function add(p: Point, q: Point): Point {
  if (p[2] === 0n) return q;
  if (q[2] === 0n) return p;
  const [z1z1, z2z2] = [mod(p[2] * p[2], P), mod(q[2] * q[2], P)];
  const [u1, u2] = [mod(p[0] * z2z2, P), mod(q[0] * z1z1, P)];
  const [s1, s2] = [mod(p[1] * q[2] * z2z2, P), mod(q[1] * p[2] * z1z1, P)];
  if (u1 === u2) return s1 === s2 ? double(p) : INFINITY;
  const h = mod(u2 - u1, P);
  const r = mod(s2 - s1, P);
  const hh = mod(h * h, P);
  const hhh = mod(h * hh, P);
  const v = mod(u1 * hh, P);
  const x3 = mod(r * r - hhh - 2n * v, P);
  return [x3, mod(r * (v - x3) - s1 * hhh, P), mod(h * p[2] * q[2], P)];
}

/** s·G + t·Q in one go. For public numbers only: its time tells of them. */
function sum(s: bigint, t: bigint, q: Point): Point {
  const g: Point = [GX, GY, 1n];
  const both = add(g, q);
  const [a, b] = [s.toString(2).padStart(256, '0'), t.toString(2).padStart(256, '0')];
  let result = INFINITY;
  for (let i = 0; i < 256; i += 1) {
    result = double(result);
    if (a[i] === '1') result = add(result, b[i] === '1' ? both : g);
    else if (b[i] === '1') result = add(result, q);
  }
  return result;
}

const onCurve = (x: bigint, y: bigint): boolean => x < P && y < P && mod(y * y - (x * x * x + A * x + B), P) === 0n;

/** e = SM3(Z ‖ M), where Z binds identity, curve and public key. @param point 65 bytes, uncompressed */
function digestOf(message: Buffer, point: Buffer): bigint {
  const bits = Buffer.from([(IDENTITY.length * 8) >> 8, (IDENTITY.length * 8) & 0xff]);
  const z = createHash('sm3')
    .update(Buffer.concat([bits, IDENTITY, ...[A, B, GX, GY].map(bytes32), point.subarray(1)]))
    .digest();
  return numberOf(createHash('sm3').update(z).update(message).digest());
}

/** The private scalar in a PKCS #8 key (RFC 5958 around RFC 5915). @throws INPUT_INVALID */
export function sm2Scalar(pkcs8: Buffer): Buffer {
  const wrapped = childAt(readDer(pkcs8, TAG.sequence), 2, TAG.octets);
  const scalar = childAt(readDer(wrapped.content, TAG.sequence), 1, TAG.octets).content;
  if (scalar.length !== 32) throw new PinchaError('INPUT_INVALID', { field: 'key', reason: 'SM2 私钥长度应为 32 字节' });
  return scalar;
}

/** The public point in a SubjectPublicKeyInfo. @returns 65 bytes, uncompressed @throws INPUT_INVALID */
export function sm2Point(spki: Buffer): Buffer {
  const point = childAt(readDer(spki, TAG.sequence), 1, TAG.bits).content.subarray(1);
  if (point.length !== 65 || point[0] !== 4) throw new PinchaError('INPUT_INVALID', { field: 'key', reason: 'SM2 公钥应为未压缩的点' });
  return point;
}

/** Signs. @param scalar 32 bytes @returns DER SEQUENCE of r and s (GB/T 35276) */
export function sm2Sign(message: Buffer, scalar: Buffer): Buffer {
  const own = createECDH('SM2');
  own.setPrivateKey(scalar);
  const d = numberOf(scalar);
  const e = digestOf(message, own.getPublicKey());
  for (;;) {
    const once = createECDH('SM2');
    const point = once.generateKeys();
    const k = numberOf(once.getPrivateKey());
    const r = mod(e + numberOf(point.subarray(1, 33)), N);
    // Blinded, so that the time of the inversion does not tell of the key.
    const blind = mod(numberOf(randomBytes(40)), N - 1n) + 1n;
    const s = mod(inverse((1n + d) * blind, N) * mod(blind * (k - r * d), N), N);
    if (r !== 0n && r + k !== N && s !== 0n) return der(TAG.sequence, derInteger(r.toString(16)), derInteger(s.toString(16)));
  }
}

/** Whether a signature holds. @param signature DER, exactly as {@link sm2Sign} writes it @param point 65 bytes, uncompressed */
export function sm2Verify(message: Buffer, signature: Buffer, point: Buffer): boolean {
  const [x, y] = [numberOf(point.subarray(1, 33)), numberOf(point.subarray(33))];
  if (!onCurve(x, y)) return false;
  let parts: string[];
  try {
    parts = childrenOf(readDer(signature, TAG.sequence)).map(hexOf);
  } catch {
    return false;
  }
  const [r, s] = parts.map((hex) => BigInt(`0x${hex}`));
  if (parts.length !== 2 || r === undefined || s === undefined || r === 0n || s === 0n || r >= N || s >= N) return false;
  if (!der(TAG.sequence, derInteger(r.toString(16)), derInteger(s.toString(16))).equals(signature)) return false;
  const t = mod(r + s, N);
  if (t === 0n) return false;
  const point1 = sum(s, t, [x, y, 1n]);
  if (point1[2] === 0n) return false;
  const x1 = mod(point1[0] * inverse(mod(point1[2] * point1[2], P), P), P);
  return mod(digestOf(message, point) + x1, N) === r;
}
