/**
 * Trusted time-stamps (RFC 3161) as pure functions: the request's bytes, the reply read and held against the request,
 * and a stored token checked again years later. Sending is somebody else's; what comes back is hostile until checked.
 */
import { X509Certificate } from 'node:crypto';
import { PinchaError } from '../core/errors.ts';
import { childAt, childrenOf, context, type Der, der, derInteger, derOid, hexOf, oidOf, readDer, TAG, timeOf } from './der.ts';
import { checkSigner, OID } from './timestamp-signer.ts';

/** What a token says. */
export interface TokenFacts {
  readonly genTime: Date;
  /** SHA-256 it covers, hex. */
  readonly imprint: string;
  /** Hex; null when the token carries none. */
  readonly nonce: string | null;
  /** Serial number the service gave it, hex. */
  readonly serial: string;
  readonly policy: string;
  /** Subject of the certificate that signed it. */
  readonly signer: string;
}

/** Largest reply that is read. */
export const MAX_REPLY_BYTES = 64 * 1024;

const STATUS_ZH: Readonly<Record<string, string>> = { 2: '拒绝', 3: '等待中', 4: '即将撤销', 5: '已撤销' };

/**
 * A TimeStampReq (RFC 3161 section 2.4.1), asking for the service's certificate.
 * @param imprint SHA-256 of what is stamped, hex @param nonce hex, random, remembered until the reply is checked
 */
export const timestampRequest = (imprint: string, nonce: string): Buffer =>
  der(
    TAG.sequence,
    derInteger('1'),
    der(TAG.sequence, der(TAG.sequence, derOid(OID.sha256), der(TAG.null)), der(TAG.octets, Buffer.from(imprint, 'hex'))),
    derInteger(nonce),
    der(TAG.boolean, Buffer.from([0xff])),
  );

/**
 * The token in a TimeStampResp, when the service granted it.
 * @throws FETCH_FAILED in the service's own words when it did not; INPUT_INVALID when these bytes are no reply
 */
export function tokenOfReply(reply: Buffer, url: string): Buffer {
  if (reply.length > MAX_REPLY_BYTES) throw new PinchaError('INPUT_INVALID', { field: '时间戳应答', reason: '过大' });
  const [status, token] = childrenOf(readDer(reply, TAG.sequence));
  if (!status) throw new PinchaError('INPUT_INVALID', { field: '时间戳应答', reason: '没有状态' });
  const [code, ...words] = childrenOf(status);
  const told = code ? hexOf(code) : '?';
  if (told !== '0' && told !== '1') {
    const text = words
      .filter((w) => w.tag === TAG.sequence)
      .flatMap((w) => childrenOf(w))
      .map((w) => w.content.toString('utf8').slice(0, 200))
      .join(' ');
    throw new PinchaError('FETCH_FAILED', { url, reason: `时间戳服务答复“${STATUS_ZH[told] ?? told}”${text ? `：${text}` : ''}` });
  }
  if (!token) throw new PinchaError('INPUT_INVALID', { field: '时间戳应答', reason: '已同意却没有令牌' });
  return Buffer.from(token.whole);
}

interface SignedToken {
  readonly info: Buffer;
  readonly certificates: readonly X509Certificate[];
  readonly signer: Der;
}

/** Takes a ContentInfo of SignedData (RFC 5652) apart. @throws INPUT_INVALID */
function openToken(token: Buffer): SignedToken {
  const outer = readDer(token, TAG.sequence);
  if (oidOf(childAt(outer, 0)) !== OID.signedData) throw new PinchaError('INPUT_INVALID', { field: '时间戳令牌', reason: '不是签名数据' });
  const parts = childrenOf(readDer(childAt(outer, 1, context(0)).content, TAG.sequence));
  const content = childAt(parts, 2, TAG.sequence);
  if (oidOf(childAt(content, 0)) !== OID.tstInfo) throw new PinchaError('INPUT_INVALID', { field: '时间戳令牌', reason: '内容不是时间戳' });
  const info = readDer(childAt(content, 1, context(0)).content, TAG.octets).content;
  const held = parts.find((p) => p.tag === context(0));
  const signers = childrenOf(childAt(parts, parts.length - 1, TAG.set));
  if (signers.length !== 1) throw new PinchaError('INPUT_INVALID', { field: '时间戳令牌', reason: '应恰有一个签名者' });
  const certificates = (held ? childrenOf(held) : []).filter((c) => c.tag === TAG.sequence).map((c) => new X509Certificate(c.whole));
  return { info, certificates, signer: childAt(signers, 0, TAG.sequence) };
}

function readInfo(info: Buffer): Omit<TokenFacts, 'signer'> & { readonly hash: string } {
  const parts = childrenOf(readDer(info, TAG.sequence));
  const imprint = childAt(parts, 2, TAG.sequence);
  const nonce = parts.slice(5).find((p) => p.tag === TAG.integer);
  return {
    policy: oidOf(childAt(parts, 1)),
    hash: oidOf(childAt(childAt(imprint, 0, TAG.sequence), 0)),
    imprint: childAt(imprint, 1, TAG.octets).content.toString('hex'),
    serial: hexOf(childAt(parts, 3)),
    genTime: timeOf(childAt(parts, 4)),
    nonce: nonce ? hexOf(nonce) : null,
  };
}

/** What a token must be about, and whom we trust. */
export interface TokenAsked {
  readonly imprint: string;
  readonly nonce: string;
  /** Certificates of authorities we trust, PEM. Without them the signature is checked, not whose it is. */
  readonly anchors?: readonly string[];
}

/**
 * Reads a token and checks all of it: imprint, nonce, the signer's signature over the content, that its certificate
 * is the one the token names and is for time-stamping and was valid then, and its issuer when anchors are given.
 * @throws EVIDENCE_BROKEN saying what does not hold
 */
export function checkToken(token: Buffer, asked: TokenAsked): TokenFacts {
  const refuse = (reason: string): PinchaError => new PinchaError('EVIDENCE_BROKEN', { place: '时间戳令牌', reason });
  let [opened, facts]: [SignedToken | null, ReturnType<typeof readInfo> | null] = [null, null];
  try {
    opened = openToken(token);
    facts = readInfo(opened.info);
  } catch (thrown) {
    throw refuse(`不能识读（${thrown instanceof PinchaError ? String(thrown.details['reason']) : '证书有误'}）`);
  }
  if (facts.hash !== OID.sha256 || facts.imprint !== asked.imprint) throw refuse('所盖的不是这份内容的摘要');
  if (facts.nonce !== asked.nonce.replace(/^0+(?=.)/, '')) throw refuse('随机数与请求不符');
  const { hash: _hash, ...told } = facts;
  return { ...told, signer: checkSigner(opened, facts.genTime, asked.anchors ?? null, refuse).subject.replaceAll('\n', ', ') };
}
