/**
 * What a check did not prove. Digests inside a package show that nothing was changed since it was put together, not who
 * put it together: whoever rewrites all of them has a package that holds. Against that stand only a digest or a key that
 * the reader got by another way, so it is said each time which of them was there and what is left open.
 */
import { rootHash } from '../root.ts';
import type { RootsReport } from './roots.ts';

/** What the reader brought beside the package, got by another way. */
export interface Brought {
  readonly digest: boolean;
  readonly key: boolean;
  readonly anchors: boolean;
}

export interface Words {
  readonly zh: string;
  readonly en: string;
}

/** What speaks for where a package comes from: what the reader brought and the package agrees with. */
export type Origin = 'digest+key' | 'digest' | 'key' | 'not proven';

export interface OriginReport {
  readonly origin: Origin;
  readonly notProven: readonly Words[];
}

/** A root as people compare it with the one the authority states (`pincha evidence status`). */
export interface RootDigest {
  readonly no: number;
  readonly date: string;
  readonly sha256: string;
}

export const rootDigest = (statement: { readonly no: number; readonly date: string }, text: string): RootDigest => ({
  no: statement.no,
  date: statement.date,
  sha256: rootHash(text),
});

export const UNSIGNED: Words = {
  zh: '来源未经证明：本包没有机关签名，任何人都能整体重做一个内部一致的包；请将整包摘要与出证机关另行告知的核对（--sha256）',
  en: 'origin not proven: no signature; anybody can put together a package that agrees with itself. Compare this digest with the one the authority states (--sha256)',
};
const WHOSE_KEY: Words = {
  zh: '来源未经证明：签名成立，但公钥是谁的未经核对；请将指纹或整包摘要与出证机关另行告知的核对（--root-key、--sha256）',
  en: 'origin not proven: the signature holds, but whose key it is was not checked. Compare fingerprint or digest with what the authority states (--root-key, --sha256)',
};
const ONLY_DIGEST: Words = {
  zh: '没有机关签名：来源只以您另行取得的整包摘要为凭',
  en: 'no signature: the origin rests on the digest you were given alone',
};
const BESIDE_SIGNATURE: Words = {
  zh: '经手记录、笔录、案件数据、标题、读图文字，以及存证件是否齐全，均不在签名之内；请核对整包摘要（--sha256）',
  en: 'custody log, record, case data, titles, words read in pictures, and whether captures were left out are not under the signature; compare the digest (--sha256)',
};
const NO_TIME: Words = {
  zh: '时间未经证明：没有可信时间戳，以出证机关本机时钟为准',
  en: "time not proven: no time-stamp, it is the authority's own clock",
};
const WHOSE_STAMP: Words = {
  zh: '时间戳是谁所盖未经核对（--tsa-ca）',
  en: 'whose time-stamps they are was not checked (--tsa-ca)',
};

/** @param roots what the package holds, all of it sound */
export function originOf({ state, times }: Pick<RootsReport, 'state' | 'times'>, brought: Brought): OriginReport {
  const signed = state !== 'unsigned';
  const byKey = signed && brought.key;
  const notProven: Words[] = [];
  if (!brought.digest && !byKey) notProven.push(signed ? WHOSE_KEY : UNSIGNED);
  if (brought.digest && !signed) notProven.push(ONLY_DIGEST);
  if (byKey && !brought.digest) notProven.push(BESIDE_SIGNATURE);
  if (state !== 'signed+timestamped') notProven.push(NO_TIME);
  if (times.length > 0 && !brought.anchors) notProven.push(WHOSE_STAMP);
  const origin = brought.digest ? (byKey ? 'digest+key' : 'digest') : byKey ? 'key' : 'not proven';
  return { origin, notProven };
}
