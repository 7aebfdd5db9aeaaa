/** Findings: added once each however often a post is screened, superseded when a later screening no longer says so. */
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { canonicalJson, sha256 } from '../../core/digest.ts';
import { newId } from '../../core/ids.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Db } from '../connect.ts';
import { finding } from '../schema/index.ts';
import { countCaseFindings } from './case.ts';

export interface FoundOn {
  readonly accountId: string;
  readonly postId: string | null;
  readonly postVersion: number | null;
  readonly captureId: string | null;
}

/** What makes a finding the same one again: its subject, kind, who says so and the words, not the day or the score. */
export const findingKey = (on: FoundOn, f: Finding): string =>
  sha256(canonicalJson([on.accountId, on.postId, on.postVersion, f.kind, f.by, f.field, f.start, f.end]));

/** Adds findings that are not known yet. @returns how many were new */
export async function addFindings(tx: Db, rows: readonly { on: FoundOn; finding: Finding }[], now: Date): Promise<number> {
  let added = 0;
  for (let i = 0; i < rows.length; i += 500) {
    const values = rows.slice(i, i + 500).map(({ on, finding: f }) => ({
      id: newId(),
      ...on,
      dedupeKey: findingKey(on, f),
      kind: f.kind,
      level: f.level,
      score: f.score,
      source: f.source,
      by: f.by,
      field: f.field,
      quote: f.quote?.replaceAll('\0', '') ?? null,
      start: f.start,
      end: f.end,
      articles: f.articles,
      exempt: f.exempt,
      ground: f.ground ?? null,
      why: f.why.replaceAll('\0', ''),
      state: 'open' as const,
      createdAt: now,
    }));
    const done = await tx.insert(finding).values(values).onConflictDoNothing().returning({ id: finding.id });
    added += done.length;
  }
  return added;
}

/** Open findings of an account that the latest screening no longer makes: kept for the record, no longer asked about. */
export async function supersede(tx: Db, accountId: string, postIds: readonly string[], stillKeys: readonly string[]): Promise<number> {
  const keep = new Set(stillKeys);
  const subject = postIds.length > 0 ? sql`(${finding.postId} is null or ${inArray(finding.postId, [...postIds])})` : isNull(finding.postId);
  const open = await tx
    .select({ id: finding.id, key: finding.dedupeKey })
    .from(finding)
    .where(and(eq(finding.accountId, accountId), eq(finding.state, 'open'), subject));
  const gone = open.filter((f) => !keep.has(f.key)).map((f) => f.id);
  if (gone.length > 0) {
    await tx.update(finding).set({ state: 'superseded' }).where(inArray(finding.id, gone));
    await countCaseFindings(tx, accountId);
  }
  return gone.length;
}
