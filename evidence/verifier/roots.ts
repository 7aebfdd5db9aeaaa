/**
 * The roots a package's ledger rows stand under: the proof of every row, the signature over each root and the
 * time-stamp over its digest. A key or certificate the reader brings decides whose they are; without one they are told.
 */
import { createPublicKey } from 'node:crypto';
import { type SealState, sealState, weakestSeal } from '../../core/model/seal-state.ts';
import { LINE, PROOFS_PART as PROOFS, ROOTS_PART as ROOTS } from '../package-parts.ts';
import { type RootStatement, readStatement, verifyProof } from '../root.ts';
import { fingerprintOf } from '../root-key.ts';
import { type SealTrust, type StoredSeal, sealFault } from '../seal.ts';
import { Broken } from './fault.ts';
import type { PackagedRow } from './ledger.ts';
import { type RootDigest, rootDigest } from './origin.ts';
import { asObject, hasExactly, type Json, textOf } from './parts.ts';
import { jsonLines, partOf } from './records.ts';
import type { PackageFile, Part } from './zip.ts';

export interface RootsReport {
  readonly state: SealState;
  /** Ledger rows that stand under a root of the package. */
  readonly proven: number;
  /** Fingerprints of the keys that signed: SHA-256 of the public key. */
  readonly keys: readonly string[];
  /** What the time-stamps say: when, by their service. */
  readonly times: readonly string[];
  /** The roots of the package, for comparing with those the authority states. */
  readonly roots: readonly RootDigest[];
}

interface ReadRoot {
  readonly statement: RootStatement;
  readonly text: string;
  readonly seals: readonly StoredSeal[];
}

/** The fingerprint of a public key as PEM; null when it is none. */
export function fingerprintOfPem(pem: string): string | null {
  try {
    return fingerprintOf(createPublicKey(pem).export({ type: 'spki', format: 'der' }).toString('base64'));
  } catch {
    return null;
  }
}

const NONCE = /^(0|[1-9a-f][0-9a-f]*)$/;
const nullable = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function sealOf(value: Json): StoredSeal | null {
  const { kind, algorithm, nonce } = value;
  const at = new Date(textOf(value['at']));
  const plain = ['publicKey', 'nonce', 'authority'].every((name) => value[name] === null || typeof value[name] === 'string');
  if (
    !plain ||
    !hasExactly(value, LINE.seal) ||
    (typeof nonce === 'string' && !NONCE.test(nonce)) ||
    (kind !== 'signature' && kind !== 'timestamp') ||
    (algorithm !== 'ed25519' && algorithm !== 'sm2' && algorithm !== 'rfc3161') ||
    Number.isNaN(at.getTime()) ||
    at.toISOString() !== value['at']
  )
    return null;
  return {
    kind,
    algorithm,
    value: textOf(value['value']),
    publicKey: nullable(value['publicKey']),
    nonce: nullable(value['nonce']),
    authority: nullable(value['authority']),
    at,
  };
}

/** One signature and one time-stamp. */
const MOST_SEALS = 2;

/** Reads the roots and checks what vouches for each. @throws Broken */
async function readRoots(file: PackageFile, parts: readonly Part[], trust: SealTrust): Promise<Map<number, ReadRoot>> {
  const roots = new Map<number, ReadRoot>();
  let last = 0;
  for await (const { value, place } of jsonLines(file, partOf(parts, ROOTS), LINE.root)) {
    const text = textOf(value['statement']);
    const statement = readStatement(text);
    if (!statement || statement.no <= last)
      throw new Broken(place, '日根陈述不是规范文本、重复或次序不符', 'the statement of this root is not canonical, stands twice, or not in order');
    last = statement.no;
    const at = { ...place, record: `root ${statement.no}` };
    const told: readonly unknown[] = Array.isArray(value['seals']) ? value['seals'] : [null];
    const seals = told.slice(0, MOST_SEALS + 1).map((seal) => sealOf(asObject(seal)));
    if (seals.length > MOST_SEALS || new Set(seals.map((seal) => seal?.kind)).size < seals.length)
      throw new Broken(at, '签名或时间戳多于一个', 'there is more than one signature or time-stamp');
    for (const seal of seals) {
      if (!seal) throw new Broken(at, '签名或时间戳记录不完整', 'a signature or time-stamp is not complete');
      const fault = sealFault({ statement: text }, seal, trust);
      const [zh, en] =
        seal.kind === 'signature' ? ['签名', 'the signature of this root does not hold'] : ['时间戳', 'the time-stamp of this root does not hold'];
      if (fault) throw new Broken(at, `${zh}：${fault}`, en);
    }
    roots.set(statement.no, { statement, text, seals: seals.filter((seal) => seal !== null) });
  }
  return roots;
}

/** Checks the proof of every row that has one. @throws Broken */
export async function checkRoots(file: PackageFile, parts: readonly Part[], rows: readonly PackagedRow[], trust: SealTrust): Promise<RootsReport> {
  const roots = await readRoots(file, parts, trust);
  const bySeq = new Map(rows.map((row) => [row.seq, row]));
  let [proven, last] = [0, 0];
  const used = new Set<number>();
  for await (const { value, place } of jsonLines(file, partOf(parts, PROOFS), LINE.proof)) {
    const { seq, rootNo } = value;
    const [row, root] = [typeof seq === 'number' ? bySeq.get(seq) : undefined, typeof rootNo === 'number' ? roots.get(rootNo) : undefined];
    const path: readonly unknown[] = Array.isArray(value['path']) ? value['path'] : [null];
    const at = row ? { ...place, record: `proof of ledger row ${row.seq}` } : place;
    if (!row || !root || row.seq <= last || !path.every((step) => typeof step === 'string'))
      throw new Broken(at, '证明没有对应的行或日根', 'there is no such row or root for this proof');
    const fault = verifyProof({ rootNo: root.statement.no, row, path }, root.statement);
    if (fault) throw new Broken(at, `证明不成立：${fault}`, 'the proof does not lead from the row to the root');
    last = row.seq;
    proven += 1;
    used.add(root.statement.no);
  }
  const spare = [...roots.keys()].find((no) => !used.has(no));
  if (spare !== undefined) throw new Broken({ part: ROOTS, record: `root ${spare}` }, '没有任何行证明到该日根', 'no row is proven to stand under this root');
  const seals = [...roots.values()].flatMap((root) => root.seals);
  const states = [...roots.values()].map((root) => sealState(root.seals.map((s) => s.kind)));
  return {
    state: proven < rows.length ? 'unsigned' : weakestSeal(states),
    proven,
    keys: [...new Set(seals.flatMap((s) => (s.publicKey === null ? [] : [fingerprintOf(s.publicKey)])))],
    times: seals.filter((s) => s.kind === 'timestamp').map((s) => s.at.toISOString()),
    roots: [...roots.values()].map((root) => rootDigest(root.statement, root.text)),
  };
}
