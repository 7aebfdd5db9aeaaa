/**
 * Who signed a time-stamp token and whether the signature holds: signed attributes, the certificate they name
 * (RFC 5035), its purpose and validity, and its way up to an authority we trust (RFC 3161 section 2.2 and 2.3).
 */
import { constants, createHash, verify, X509Certificate } from 'node:crypto';
import { PinchaError } from '../core/errors.ts';
import { childAt, childrenOf, context, type Der, hexOf, oidOf, TAG } from './der.ts';
import { sm2Point, sm2Verify } from './sm2.ts';

export const OID = {
  sha256: '2.16.840.1.101.3.4.2.1',
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
} as const;

const HASHES: Readonly<Record<string, string>> = {
  [OID.sha256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '1.2.156.10197.1.401': 'sm3',
};
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const RSA_PSS = '1.2.840.113549.1.1.10';
/** Longest way up to an authority. */
const MAX_CHAIN = 8;

type Refuse = (reason: string) => PinchaError;

interface Opened {
  /** The TSTInfo the signature covers. */
  readonly info: Buffer;
  readonly certificates: readonly X509Certificate[];
  /** SignerInfo (RFC 5652 section 5.3). */
  readonly signer: Der;
}

const digestOf = (name: string, bytes: Buffer): Buffer => createHash(name).update(bytes).digest();

/** The hash by which the attributes name the signer's certificate: the first one stands for the signer. */
function namedCertificate(attributes: ReadonlyMap<string, Der>): { hash: string; digest: Buffer } | null {
  const v2 = attributes.get(SIGNING_CERTIFICATE_V2);
  const told = v2 ?? attributes.get(SIGNING_CERTIFICATE);
  if (!told) return null;
  const parts = childrenOf(childAt(childAt(childAt(told, 0, TAG.sequence), 0, TAG.sequence), 0, TAG.sequence));
  const algorithm = v2 && parts[0]?.tag === TAG.sequence ? parts.shift() : undefined;
  const hash = v2 ? (algorithm ? HASHES[oidOf(childAt(algorithm, 0))] : 'sha256') : 'sha1';
  return hash ? { hash, digest: childAt(parts, 0, TAG.octets).content } : null;
}

function signatureHolds(certificate: X509Certificate, hash: string, algorithm: string, signed: Buffer, signature: Buffer): boolean {
  const key = certificate.publicKey;
  // Node names no type for SM2 keys, and leaves out the signer's identity that SM2 signatures cover.
  if (key.asymmetricKeyType === undefined) return sm2Verify(signed, signature, sm2Point(key.export({ type: 'spki', format: 'der' })));
  const edwards = key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448';
  const pss = algorithm === RSA_PSS ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO } : {};
  return verify(edwards ? null : hash, signed, { key, ...pss }, signature);
}

const validAt = (certificate: X509Certificate, at: Date): boolean =>
  Date.parse(certificate.validFrom) <= at.getTime() && at.getTime() <= Date.parse(certificate.validTo);

const issued = (by: X509Certificate, certificate: X509Certificate): boolean => certificate.checkIssued(by) && certificate.verify(by.publicKey);

/** Whether there is a way from a certificate up to one of the anchors. */
function trusted(of: X509Certificate, held: readonly X509Certificate[], anchors: readonly X509Certificate[], at: Date): boolean {
  let current = of;
  for (let step = 0; step < MAX_CHAIN; step += 1) {
    if (anchors.some((a) => a.fingerprint256 === current.fingerprint256 || (validAt(a, at) && issued(a, current)))) return true;
    const below = current;
    const above = held.find((c) => c.ca && c.fingerprint256 !== below.fingerprint256 && validAt(c, at) && issued(c, below));
    if (!above) return false;
    current = above;
  }
  return false;
}

/** Checks attributes and signature of the one signer. @returns its certificate */
function signerOf(opened: Opened, refuse: Refuse): X509Certificate {
  const parts = childrenOf(opened.signer);
  const hash = HASHES[oidOf(childAt(childAt(parts, 2, TAG.sequence), 0))];
  if (!hash) throw refuse('摘要算法不受支持');
  const told = childAt(parts, 3, context(0));
  const attributes = new Map(childrenOf(told).map((a) => [oidOf(childAt(a, 0)), childAt(a, 1, TAG.set)] as const));
  const type = attributes.get(CONTENT_TYPE);
  const digest = attributes.get(MESSAGE_DIGEST);
  if (!type || oidOf(childAt(type, 0)) !== OID.tstInfo || !digest) throw refuse('签名属性不全');
  if (!childAt(digest, 0, TAG.octets).content.equals(digestOf(hash, opened.info))) throw refuse('内容与签名属性中的摘要不符');
  const named = namedCertificate(attributes);
  const certificate = named && opened.certificates.find((c) => digestOf(named.hash, c.raw).equals(named.digest));
  if (!certificate) throw refuse('令牌中没有签名属性所指的证书');
  const id = childrenOf(childAt(parts, 1));
  if (id[1]?.tag === TAG.integer && hexOf(id[1]) !== certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, '')) throw refuse('签名者与证书不符');
  const algorithm = oidOf(childAt(childAt(parts, 4, TAG.sequence), 0));
  // What is signed are the attributes as a SET, not under the tag they travel with.
  const signed = Buffer.concat([Buffer.from([TAG.set]), told.whole.subarray(1)]);
  if (!signatureHolds(certificate, hash, algorithm, signed, childAt(parts, 5, TAG.octets).content)) throw refuse('签名不成立');
  return certificate;
}

/**
 * Checks who signed a token.
 * @param anchors certificates of authorities we trust, PEM; null leaves open whose certificate it is
 * @returns the signer's certificate @throws what `refuse` makes
 */
export function checkSigner(opened: Opened, at: Date, anchors: readonly string[] | null, refuse: Refuse): X509Certificate {
  let certificate: X509Certificate;
  let known: readonly X509Certificate[] | null;
  try {
    certificate = signerOf(opened, refuse);
    known = anchors?.map((pem) => new X509Certificate(pem)) ?? null;
  } catch (thrown) {
    if (thrown instanceof PinchaError && thrown.code === 'EVIDENCE_BROKEN') throw thrown;
    throw refuse('签名或证书不能识读');
  }
  if (!certificate.keyUsage?.includes(TIME_STAMPING)) throw refuse('证书不是时间戳用途');
  if (!validAt(certificate, at)) throw refuse('证书当时不在有效期内');
  if (known && !trusted(certificate, opened.certificates, known, at)) throw refuse('证书不是由所信任的机构签发');
  return certificate;
}
