/** Proofs for the ledger rows of a package: the roots they stand under as stored, and the path of each row to its root. */
import { PinchaError } from '../core/errors.ts';
import type { Db } from '../db/connect.ts';
import { ledgerHashes, readRoots } from '../db/repositories/root.ts';
import type { ProvenRoot } from '../evidence/package.ts';
import { pathsOf, readStatement } from '../evidence/root.ts';

/** A root over more rows than this is not proven row by row in memory. */
const MAX_COVERED = 5_000_000;

/**
 * @param seqs rows of the package
 * @returns the roots they stand under; rows whose day has no root yet are in none
 * @throws EVIDENCE_BROKEN when a root no longer covers what the ledger holds
 */
export async function proveRows(db: Db, seqs: readonly number[]): Promise<ProvenRoot[]> {
  const proven: ProvenRoot[] = [];
  for (const root of await readRoots(db)) {
    const own = seqs.filter((seq) => seq >= root.fromSeq && seq <= root.toSeq);
    if (own.length === 0) continue;
    const statement = readStatement(root.statement);
    if (root.toSeq - root.fromSeq >= MAX_COVERED)
      throw new PinchaError('INPUT_INVALID', { field: `root ${root.no}`, reason: `一个日根超过 ${MAX_COVERED} 行` });
    const covered: string[] = [];
    for await (const hash of ledgerHashes(db, root.fromSeq, root.toSeq)) covered.push(hash);
    const paths = statement && pathsOf(own, statement, covered);
    if (!paths) throw new PinchaError('EVIDENCE_BROKEN', { place: `root ${root.no}`, reason: '日根与存证链不符' });
    proven.push({ statement: root.statement, seals: root.seals, paths });
  }
  return proven;
}
