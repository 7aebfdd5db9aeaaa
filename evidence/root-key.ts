/**
 * The authority's key that vouches for daily roots: Ed25519 (RFC 8032) or SM2 with SM3 (GB/T 32918). One PEM file,
 * readable by its owner only; the public key and its fingerprint are for everybody and stand beside each signature.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sha256 } from '../core/digest.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { syncFolder, systemCode } from './place.ts';
import { sm2Point, sm2Scalar, sm2Sign, sm2Verify } from './sm2.ts';

export const KEY_KINDS = ['ed25519', 'sm2'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

export interface RootSignature {
  readonly algorithm: KeyKind;
  /** SubjectPublicKeyInfo, base64. */
  readonly publicKey: string;
  /** Base64: 64 bytes for Ed25519, DER of r and s for SM2. */
  readonly signature: string;
}

export interface RootSigner {
  readonly kind: KeyKind;
  /** See {@link fingerprintOf}. */
  readonly fingerprint: string;
  /** SubjectPublicKeyInfo, base64. */
  readonly publicKey: string;
  sign(text: string): RootSignature;
}

const MAX_PEM_BYTES = 64 * 1024;
const SM2_OID = Buffer.from('06082a811ccf5501822d', 'hex');

/** SHA-256 of the SubjectPublicKeyInfo, hex: what two offices read to each other. @param publicKey base64 */
export const fingerprintOf = (publicKey: string): string => sha256(Buffer.from(publicKey, 'base64'));

const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });
/** Node names no type for SM2 keys; their algorithm stands in the first bytes. */
const kindOf = (spki: Buffer, type: string | undefined): KeyKind | null =>
  type === 'ed25519' ? 'ed25519' : spki.subarray(0, 40).includes(SM2_OID) ? 'sm2' : null;

/** A signer from a PEM private key (PKCS #8 or SEC 1, unencrypted). @throws INPUT_INVALID naming `place` */
export function signerFrom(pem: string, place: string): RootSigner {
  let key: KeyObject;
  let spki: Buffer;
  try {
    key = createPrivateKey(pem);
    spki = spkiOf(key);
  } catch (thrown) {
    throw new PinchaError('INPUT_INVALID', { field: place, reason: `不是可用的 PEM 私钥（${reasonOf(thrown)}）` }, thrown);
  }
  const kind = kindOf(spki, key.asymmetricKeyType);
  if (!kind) throw new PinchaError('INPUT_INVALID', { field: place, reason: '只支持 Ed25519 或 SM2 私钥' });
  const publicKey = spki.toString('base64');
  const scalar = kind === 'sm2' ? sm2Scalar(key.export({ type: 'pkcs8', format: 'der' })) : null;
  return {
    kind,
    fingerprint: fingerprintOf(publicKey),
    publicKey,
    sign: (text) => {
      const bytes = Buffer.from(text, 'utf8');
      const signature = scalar ? sm2Sign(bytes, scalar) : sign(null, bytes, key);
      return { algorithm: kind, publicKey, signature: signature.toString('base64') };
    },
  };
}

/** The signer in a key file. @throws FILE_UNREADABLE, INPUT_INVALID */
export async function readSigner(file: string): Promise<RootSigner> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (thrown) {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: systemCode(thrown) ?? reasonOf(thrown) }, thrown);
  }
  if (bytes.length > MAX_PEM_BYTES) throw new PinchaError('FILE_TOO_LARGE', { file, limit: '64 KB' });
  return signerFrom(bytes.toString('utf8'), file);
}

const exactly = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
};

/** What is wrong with a signature over `text`, or null. Whose key it is, the reader compares by its fingerprint. */
export function signatureFault(told: RootSignature, text: string): string | null {
  const [spki, signature] = [exactly(told.publicKey), exactly(told.signature)];
  if (!spki || !signature) return '公钥或签名不是规范的 base64';
  let key: KeyObject;
  try {
    key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    if (!key.export({ type: 'spki', format: 'der' }).equals(spki) || kindOf(spki, key.asymmetricKeyType) !== told.algorithm) return '公钥与签名算法不符';
    const bytes = Buffer.from(text, 'utf8');
    const holds = told.algorithm === 'sm2' ? sm2Verify(bytes, signature, sm2Point(spki)) : verify(null, bytes, key, signature);
    return holds ? null : '签名与日根不符';
  } catch {
    return '公钥不可用';
  }
}

/** A public key as PEM, for handing out. @param publicKey base64 SubjectPublicKeyInfo */
export const publicPem = (publicKey: string): string =>
  `-----BEGIN PUBLIC KEY-----\n${(publicKey.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PUBLIC KEY-----\n`;

/**
 * Makes a key and writes it to `file` (PKCS #8 PEM, mode 0600). An existing file is never replaced.
 * @returns the public key, base64 SubjectPublicKeyInfo
 * @throws INPUT_INVALID when the file exists, FILE_UNREADABLE when it cannot be written
 */
export async function createKeyFile(kind: KeyKind, file: string): Promise<string> {
  const made: { privateKey: KeyObject; publicKey: KeyObject } =
    kind === 'sm2' ? generateKeyPairSync('ec', { namedCurve: 'SM2' }) : generateKeyPairSync('ed25519');
  const pem = made.privateKey.export({ type: 'pkcs8', format: 'pem' });
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(pem);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await syncFolder(dirname(file));
  } catch (thrown) {
    if (systemCode(thrown) === 'EEXIST') throw new PinchaError('INPUT_INVALID', { field: file, reason: '文件已存在，不覆盖；请另选位置' }, thrown);
    throw new PinchaError('FILE_UNREADABLE', { file, reason: systemCode(thrown) ?? reasonOf(thrown) }, thrown);
  }
  return made.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
}
