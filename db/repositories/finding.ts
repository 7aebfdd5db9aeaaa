/** Findings: added once each however often a post is screened, superseded when a later screening no longer says so. */
import { and, inArray, isNotNull, sql } from 'drizzle-orm';
import { canonicalJson, sha256 } from '../../core/digest.ts';
import { newId } from '../../core/ids.ts';
import type { Finding } from '../../core/model/finding.ts';
import { storableText } from '../../core/storable.ts';
import type { Db } from '../connect.ts';
import { finding } from '../schema/index.ts';
import { countCaseFindings } from './case.ts';
import { list } from './list.ts';

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
const decidedBefore = (decided: ReadonlyMap<string, readonly Decided[]>, on: FoundOn, f: Finding): boolean =>
  (decided.get(on.postId ?? '') ?? []).some(
    (d) =>
      d.postVersion === on.postVersion &&
      d.kind === f.kind &&
      d.field === f.field &&
      (d.start === null || f.start === null ? d.start === f.start : d.start < (f.end ?? 0) && f.start < (d.end ?? 0)),
  );

/** What was decided about posts of these accounts, by post. */
async function decidedOf(tx: Db, rows: readonly FoundRow[]): Promise<Map<string, Decided[]>> {
  const decided = new Map<string, Decided[]>();
  const accounts = [...new Set(rows.filter((r) => r.on.postId !== null).map((r) => r.on.accountId))];
  if (accounts.length === 0) return decided;
  const { postId, postVersion, kind, field, start, end, dedupeKey } = finding;
  const found = await tx
    .select({ postId, postVersion, kind, field, start, end, dedupeKey })
    .from(finding)
    .where(and(inArray(finding.accountId, accounts), inArray(finding.state, ['confirmed', 'rejected']), isNotNull(finding.postId)));
  for (const one of found) decided.set(one.postId ?? '', [...(decided.get(one.postId ?? '') ?? []), one]);
  return decided;
}

export interface FoundRow {
  readonly on: FoundOn;
  readonly finding: Finding;
}

/** What is found again after it was given up is asked about again, and open findings cite the law as it applies now. */
async function renew(tx: Db, keys: readonly string[], articles: readonly string[], madeWith: string | null): Promise<void> {
  await tx.execute(sql`update ${finding} f set
      state = 'open', superseded_reason = null, articles = s.articles::jsonb, made_with = case when f.state = 'superseded' then ${madeWith} else f.made_with end
    from (select unnest(${list(keys, 'text')}) as key, unnest(${list(articles, 'text')}) as articles) s
    where f.dedupe_key = s.key and (f.state = 'superseded' or (f.state = 'open' and f.articles <> s.articles::jsonb))`);
}

/** Findings written with one statement. */
const INSERTED = 2_000;

/** One parameter however many rows: a parameter a value costs more than the row. @returns how many were new */
async function insertFindings(tx: Db, rows: readonly object[], now: Date, madeWith: string | null): Promise<number> {
  const done = await tx.execute(sql`
    insert into finding (id, account_id, post_id, post_version, dedupe_key, kind, level, score, source, by, field, quote, start, "end", articles, exempt, ground, why, capture_id,
      state, made_with, created_at)
    select id, "accountId", "postId", "postVersion", "dedupeKey", kind, level, score, source, by, field, quote, start, "end", articles, exempt, ground, why, "captureId",
      'open', ${madeWith}, ${now.toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) f(id uuid, "accountId" uuid, "postId" uuid, "postVersion" int, "dedupeKey" text, kind text, level text, score real,
      source text, by text, field text, quote text, start int, "end" int, articles jsonb, exempt boolean, ground text, why text, "captureId" uuid)
    on conflict do nothing`);
  return done.rowCount ?? 0;
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
  for (let i = 0; i < wanted.length; i += INSERTED) {
    const values = wanted.slice(i, i + INSERTED).map(([dedupeKey, { on, finding: f }]) => ({
      id: newId(),
      ...on,
      dedupeKey,
      ...f,
      quote: f.quote === null ? null : storableText(f.quote),
      ground: f.ground ?? null,
      why: storableText(f.why),
    }));
    const done = await insertFindings(tx, values, now, madeWith);
    added += done;
    if (done < values.length) {
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

/** What a screening still says of one account. */
export interface StillFound {
  readonly accountId: string;
  readonly keys: readonly string[];
  /** Who says so now, `id@version`, of what was found this time. */
  readonly made: ReadonlySet<string>;
}

/**
 * Open findings of accounts that the latest screening no longer makes: kept for the record with the reason, no longer asked about.
 * @param postIds the posts that were screened; findings on others stay as they are
 */
export async function supersede(tx: Db, postIds: readonly string[], accounts: readonly StillFound[]): Promise<number> {
  const { rows: open } = await tx.execute<{ id: string; account_id: string; key: string; by: string }>(sql`
    select id, account_id, dedupe_key as key, by from finding
    where account_id = any(${list(
      accounts.map((a) => a.accountId),
      'uuid',
    )}) and state = 'open' and (post_id is null or post_id = any(${list(postIds, 'uuid')}))`);
  const still = new Map(accounts.map((a) => [a.accountId, { keep: new Set(a.keys), newer: new Map([...a.made].map((by) => [ruleOf(by), by])) }]));
  const gone = new Map<string, string[]>();
  const touched = new Set<string>();
  for (const f of open) {
    const of = still.get(f.account_id);
    if (!of || of.keep.has(f.key)) continue;
    const next = of.newer.get(ruleOf(f.by));
    const reason = next !== undefined && next !== f.by ? `规则更新为 ${next}` : '重新筛查后不再检出';
    gone.set(reason, [...(gone.get(reason) ?? []), f.id]);
    touched.add(f.account_id);
  }
  for (const [supersededReason, ids] of gone)
    await tx
      .update(finding)
      .set({ state: 'superseded', supersededReason })
      // One list: a parameter each would be more than a statement takes when the law changed for an account of thousands of posts.
      .where(sql`${finding.id} = any(${list(ids, 'uuid')})`);
  if (touched.size > 0) await countCaseFindings(tx, [...touched]);
  return [...gone.values()].reduce((sum, ids) => sum + ids.length, 0);
}
