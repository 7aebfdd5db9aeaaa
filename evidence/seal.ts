/**
 * Roots as they are stored, with what vouches for them: a signature of the authority's key and a time-stamp of others'
 * clock. Both are entered in the ledger when they are made, so that none can be changed, swapped or dropped unseen.
 */
import { sha256 } from '../core/digest.ts';
import { PinchaError } from '../core/errors.ts';
import { type SealState, sealState, weakestSeal } from '../core/model/seal-state.ts';
import { readPayload } from './ledger.ts';
import { MerkleTree, type RootStatement, readStatement, rootHash, statementFault, statementText } from './root.ts';
import { fingerprintOf, type RootSignature, signatureFault } from './root-key.ts';
import { checkToken } from './timestamp.ts';

/** One signature or time-stamp of a root, as stored. */
export interface StoredSeal {
  readonly kind: 'signature' | 'timestamp';
  readonly algorithm: 'ed25519' | 'sm2' | 'rfc3161';
  /** Base64: the signature, or the token as DER. */
  readonly value: string;
  /** Of a signature: SubjectPublicKeyInfo, base64. */
  readonly publicKey: string | null;
  /** Of a time-stamp: hex. */
  readonly nonce: string | null;
  /** Of a time-stamp: the service's address. */
  readonly authority: string | null;
  readonly at: Date;
}

export interface StoredRoot {
  readonly id: string;
  readonly no: number;
  readonly date: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** The canonical text that is hashed, signed and time-stamped. */
  readonly statement: string;
  readonly hash: string;
  readonly at: Date;
  readonly seals: readonly StoredSeal[];
}

/** Whom the reader trusts; what is left out is not asked for. */
export interface SealTrust {
  /** Fingerprints of the authority's keys, see `fingerprintOf`. */
  readonly keys?: readonly string[];
  /** Certificates of time-stamp authorities, PEM. */
  readonly anchors?: readonly string[];
}

/** What the ledger row of a root states (kind `root`). */
export const rootFacts = (root: Pick<StoredRoot, 'no' | 'hash'>): Record<string, unknown> => ({ no: root.no, sha256: root.hash });

/** What the ledger row of a seal states (kinds `root_signature`, `root_timestamp`). */
export const sealFacts = (no: number, seal: StoredSeal): Record<string, unknown> => ({
  no,
  algorithm: seal.algorithm,
  sha256: sha256(seal.value),
  publicKey: seal.publicKey === null ? null : fingerprintOf(seal.publicKey),
  nonce: seal.nonce,
  authority: seal.authority,
  at: seal.at.toISOString(),
});

const signatureOf = ({ algorithm, publicKey, value }: StoredSeal): RootSignature | null =>
  algorithm === 'rfc3161' || publicKey === null ? null : { algorithm, publicKey, signature: value };

/** What is wrong with a seal over a root's statement, or null. */
export function sealFault(root: Pick<StoredRoot, 'statement'>, seal: StoredSeal, trust: SealTrust): string | null {
  if (seal.kind === 'signature') {
    const signature = signatureOf(seal);
    if (!signature || seal.nonce !== null || seal.authority !== null) return '签名记录不完整';
    const fault = signatureFault(signature, root.statement);
    if (fault) return fault;
    const fingerprint = fingerprintOf(signature.publicKey);
    return trust.keys && !trust.keys.includes(fingerprint) ? `签名公钥（指纹 ${fingerprint}）不在所信任之列` : null;
  }
  const token = Buffer.from(seal.value, 'base64');
  if (seal.algorithm !== 'rfc3161' || seal.nonce === null || seal.publicKey !== null || token.toString('base64') !== seal.value) return '时间戳记录不完整';
  try {
    const facts = checkToken(token, { imprint: rootHash(root.statement), nonce: seal.nonce, ...(trust.anchors ? { anchors: trust.anchors } : {}) });
    return facts.genTime.getTime() === seal.at.getTime() ? null : '登记的时间与令牌不符';
  } catch (thrown) {
    return thrown instanceof PinchaError ? String(thrown.details['reason'] ?? thrown.message) : '时间戳令牌不能识读';
  }
}

/** What is wrong with a stored root in itself, or its statement. */
function readRoot(root: StoredRoot): RootStatement | string {
  const statement = readStatement(root.statement);
  if (!statement) return '日根陈述不是规范文本';
  if (rootHash(root.statement) !== root.hash) return '日根陈述与摘要不符';
  const { no, date, fromSeq, toSeq, at } = statement;
  const columns = { no: root.no, date: root.date, fromSeq: root.fromSeq, toSeq: root.toSeq, at: root.at.toISOString() };
  return JSON.stringify({ no, date, fromSeq, toSeq, at }) === JSON.stringify(columns) && statementText(statement) === root.statement
    ? statement
    : '登记的编号、日期、起止行或时间与日根陈述不符';
}

type Tell = (place: string, reason: string) => void;

interface Entry {
  readonly seq: number;
  readonly data: string;
}

/** Holds stored roots against the ledger as it is walked. */
export class RootsCheck {
  readonly #roots: readonly StoredRoot[];
  readonly #trust: SealTrust;
  /** Statement by root; the fault for those that do not hold in themselves. */
  readonly #statements: readonly (RootStatement | string)[];
  readonly #entries = new Map<string, Entry>();
  readonly #faults: [string, string][] = [];
  #current = 0;
  #tree = new MerkleTree();
  #lastSeq = 0;

  constructor(roots: readonly StoredRoot[], trust: SealTrust) {
    this.#roots = roots;
    this.#trust = trust;
    this.#statements = roots.map(readRoot);
  }

  /** The ledger's next sound row. */
  row(row: { readonly seq: number; readonly kind: string; readonly refId: string; readonly payload: string; readonly hash: string }): void {
    this.#lastSeq = row.seq;
    const key = `${row.kind} ${row.refId}`;
    if (this.#entries.has(key)) this.#faults.push([`ledger ${row.seq}`, '日根、签名或时间戳重复登记']);
    else if (row.kind === 'root' || row.kind === 'root_signature' || row.kind === 'root_timestamp')
      this.#entries.set(key, { seq: row.seq, data: JSON.stringify(readPayload(row.payload)?.data ?? null) });
    const root = this.#statements[this.#current];
    if (typeof root !== 'object') return;
    this.#tree.add(row.hash);
    if (row.seq < root.toSeq) return;
    const place = `root ${root.no}`;
    if (row.hash !== root.head) this.#faults.push([place, '末行的哈希与日根不符']);
    else if (this.#tree.head() !== root.merkle) this.#faults.push([place, '所覆盖的行与日根不符']);
    this.#tree = new MerkleTree();
    this.#current += 1;
  }

  /** The entry the ledger must hold for a root or seal; whether what is stored is what was entered. */
  #entered(key: string, facts: Record<string, unknown>, tell: (reason: string) => void): void {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    if (!entry) tell('存证链中没有相应记录');
    else if (!sameFacts(entry.data, facts)) tell(`与存证链第 ${entry.seq} 行的记录不符`);
  }

  /**
   * After the last row: tells of every fault of roots, signatures and tokens.
   * @param sound whether the whole chain was walked; rows behind a break cannot be held against anything
   */
  finish(sound: boolean, tell: Tell): void {
    let prev: { statement: RootStatement; hash: string } | null = null;
    for (const [i, root] of this.#roots.entries()) {
      const statement = this.#statements[i];
      const place = `root ${root.no}`;
      if (typeof statement !== 'object') {
        tell(place, statement ?? '日根缺失');
        break;
      }
      const fault = statementFault(prev, statement);
      if (fault) tell(place, fault);
      if (sound && statement.toSeq > this.#lastSeq) tell(place, `覆盖到第 ${statement.toSeq} 行，存证链只到第 ${this.#lastSeq} 行`);
      if (sound) this.#entered(`root ${root.id}`, rootFacts(root), (reason) => tell(place, reason));
      for (const seal of root.seals) {
        const what = `${place} ${seal.kind}`;
        const wrong = sealFault(root, seal, this.#trust);
        if (wrong) tell(what, wrong);
        if (sound) this.#entered(`root_${seal.kind} ${root.id}`, sealFacts(root.no, seal), (reason) => tell(what, reason));
      }
      prev = { statement, hash: root.hash };
    }
    for (const [place, reason] of this.#faults) tell(place, reason);
    if (sound) for (const [key, { seq }] of this.#entries) tell(`ledger ${seq}`, `存证链记录的日根、签名或时间戳已不在库中（${key.split(' ')[0]}）`);
  }

  /** The weakest root speaks for all; rows behind the last root are vouched for by none. */
  summary(): RootsSummary {
    const states = this.#roots.map((r) => sealState(r.seals.map((s) => s.kind)));
    const last = this.#roots.at(-1);
    return {
      state: weakestSeal(states),
      count: this.#roots.length,
      last: last ? { no: last.no, date: last.date, toSeq: last.toSeq } : null,
      openRows: Math.max(0, this.#lastSeq - (last?.toSeq ?? 0)),
      keys: [...new Set(this.#roots.flatMap((r) => r.seals.flatMap((s) => (s.publicKey === null ? [] : [fingerprintOf(s.publicKey)]))))],
    };
  }
}

export interface RootsSummary {
  readonly state: SealState;
  readonly count: number;
  readonly last: { readonly no: number; readonly date: string; readonly toSeq: number } | null;
  /** Rows no root covers yet. */
  readonly openRows: number;
  /** Fingerprints of the keys that signed. */
  readonly keys: readonly string[];
}

const sameFacts = (entered: string, facts: Record<string, unknown>): boolean => {
  const told: unknown = JSON.parse(entered);
  if (told === null || typeof told !== 'object') return false;
  const [a, b] = [Object.entries(told), Object.entries(facts)];
  return a.length === b.length && a.every(([key, value]) => facts[key] === value);
};
