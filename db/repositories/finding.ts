/** Findings: added once each however often a post is screened, superseded when a later screening no longer says so. */
import { and, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { canonicalJson, sha256 } from '../../core/digest.ts';
import { newId } from '../../core/ids.ts';
import type { Finding } from '../../core/model/finding.ts';
import { storableText } from '../../core/storable.ts';
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

/** A stretch of words of one kind that people have decided about: nobody is asked about it again because a rule got a new number. */
type Decided = Pick<typeof finding.$inferSelect, 'postId' | 'postVersion' | 'kind' | 'field' | 'start' | 'end' | 'dedupeKey'>;
const decidedBefore = (decided: readonly Decided[], on: FoundOn, f: Finding): boolean =>
  decided.some(
    (d) =>
      d.postId === on.postId &&
      d.postVersion === on.postVersion &&
      d.kind === f.kind &&
      d.field === f.field &&
      (d.start === null || f.start === null ? d.start === f.start : d.start < (f.end ?? 0) && f.start < (d.end ?? 0)),
  );

async function decidedOf(tx: Db, rows: readonly FoundRow[]): Promise<Decided[]> {
  const accounts = [...new Set(rows.filter((r) => r.on.postId !== null).map((r) => r.on.accountId))];
  if (accounts.length === 0) return [];
  const { postId, postVersion, kind, field, start, end, dedupeKey } = finding;
  return tx
    .select({ postId, postVersion, kind, field, start, end, dedupeKey })
    .from(finding)
    .where(and(inArray(finding.accountId, accounts), inArray(finding.state, ['confirmed', 'rejected']), isNotNull(finding.postId)));
}

export interface FoundRow {
  readonly on: FoundOn;
  readonly finding: Finding;
}

/** What is found again after it was given up is asked about again, and open findings cite the law as it applies now. */
async function renew(tx: Db, keys: readonly string[], articles: readonly string[], madeWith: string | null): Promise<void> {
  await tx.execute(sql`update ${finding} f set
      state = 'open', superseded_reason = null, articles = s.articles::jsonb, made_with = case when f.state = 'superseded' then ${madeWith} else f.made_with end
    from (select unnest(${sql.param(keys)}::text[]) as key, unnest(${sql.param(articles)}::text[]) as articles) s
    where f.dedupe_key = s.key and (f.state = 'superseded' or (f.state = 'open' and f.articles <> s.articles::jsonb))`);
}

/**
 * Adds findings that are not known yet; decided ones stay as they were decided, also under a rule's new number.
 * @param madeWith rules and model that made them @returns how many were new
 */
export async function addFindings(tx: Db, rows: readonly FoundRow[], now: Date, madeWith: string | null = null): Promise<number> {
  const decided = await decidedOf(tx, rows);
  const byKey = new Map(rows.filter((r) => r.on.postId === null || !decidedBefore(decided, r.on, r.finding)).map((r) => [findingKey(r.on, r.finding), r]));
  const wanted = [...byKey];
  let added = 0;
  for (let i = 0; i < wanted.length; i += 500) {
    const values = wanted.slice(i, i + 500).map(([dedupeKey, { on, finding: f }]) => ({
      id: newId(),
      ...on,
      dedupeKey,
      kind: f.kind,
      level: f.level,
      score: f.score,
      source: f.source,
      by: f.by,
      field: f.field,
      quote: f.quote === null ? null : storableText(f.quote),
      start: f.start,
      end: f.end,
      articles: f.articles,
      exempt: f.exempt,
      ground: f.ground ?? null,
      why: storableText(f.why),
      state: 'open' as const,
      madeWith,
      createdAt: now,
    }));
    const done = await tx.insert(finding).values(values).onConflictDoNothing().returning({ id: finding.id });
    added += done.length;
    if (done.length < values.length) {
      await renew(
        tx,
        values.map((v) => v.dedupeKey),
        values.map((v) => JSON.stringify(v.articles)),
        madeWith,
      );
    }
  }
  return added;
}

const ruleOf = (by: string): string => by.split('@')[0] ?? by;

/**
 * Open findings of an account that the latest screening no longer makes: kept for the record with the reason, no longer asked about.
 * @param stillMade who says so now, `id@version`, of what was found this time
 */
export async function supersede(
  tx: Db,
  accountId: string,
  postIds: readonly string[],
  stillKeys: readonly string[],
  stillMade: ReadonlySet<string> = new Set(),
): Promise<number> {
  const keep = new Set(stillKeys);
  const subject = postIds.length > 0 ? sql`(${finding.postId} is null or ${inArray(finding.postId, [...postIds])})` : isNull(finding.postId);
  const open = await tx
    .select({ id: finding.id, key: finding.dedupeKey, by: finding.by })
    .from(finding)
    .where(and(eq(finding.accountId, accountId), eq(finding.state, 'open'), subject));
  const newer = new Map([...stillMade].map((by) => [ruleOf(by), by]));
  const gone = new Map<string, string[]>();
  for (const f of open) {
    if (keep.has(f.key)) continue;
    const next = newer.get(ruleOf(f.by));
    const reason = next !== undefined && next !== f.by ? `规则更新为 ${next}` : '重新筛查后不再检出';
    gone.set(reason, [...(gone.get(reason) ?? []), f.id]);
  }
  for (const [supersededReason, ids] of gone) await tx.update(finding).set({ state: 'superseded', supersededReason }).where(inArray(finding.id, ids));
  if (gone.size > 0) await countCaseFindings(tx, accountId);
  return [...gone.values()].reduce((sum, ids) => sum + ids.length, 0);
}
