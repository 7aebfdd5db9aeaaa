/** What rules found, night by night and platform by platform, what reviewers made of it, and nights out of the ordinary. */
import { and, desc, eq, gte, inArray, lt, sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import { jumpOf, type Night } from '../../core/statistics.ts';
import type { Db } from '../connect.ts';
import { account, finding, ruleAlarm, ruleEvent, ruleNight } from '../schema/index.ts';
import { decodeCursor, type Page, toPage } from './cursor.ts';

export type RuleAlarmRow = typeof ruleAlarm.$inferSelect;

export interface NightHits {
  readonly day: string;
  readonly platform: string;
  /** Posts screened for the first time under their present content and law. */
  readonly posts: number;
  /** `id@version` → posts it found something in that counts. */
  readonly hits: ReadonlyMap<string, number>;
}

/** Adds to a night. Rows are locked in one order and until the commit: call it last. */
export async function addNightHits(tx: Db, { day, platform, posts, hits }: NightHits): Promise<void> {
  if (posts === 0) return;
  const rows = [...hits].map(([by, n]) => {
    const [rule = '', version = '1'] = by.split('@');
    return { day, platform, rule, version: Number(version) || 1, posts: n };
  });
  const sorted = [
    { day, platform, rule: '', version: 0, posts },
    ...rows.sort((a, b) => (a.rule === b.rule ? a.version - b.version : a.rule < b.rule ? -1 : 1)),
  ];
  await tx
    .insert(ruleNight)
    .values(sorted)
    .onConflictDoUpdate({
      target: [ruleNight.day, ruleNight.platform, ruleNight.rule, ruleNight.version],
      set: { posts: sql`${ruleNight.posts} + excluded.posts` },
    });
}

const TRAILING_DAYS = 28;
/** Chance of any false alarm in one night, over all rules and platforms together. */
const NIGHTLY_ALPHA = 0.01;

const before = (day: string, days: number): string => new Date(new Date(`${day}T00:00:00Z`).getTime() - days * 86_400_000).toISOString().slice(0, 10);

/** Holds a night against the nights before it, and notes what is out of the ordinary, once. @returns new alarms */
export async function raiseAlarms(tx: Db, day: string, runId: string | null, now: Date): Promise<RuleAlarmRow[]> {
  const rows = await tx
    .select({ day: ruleNight.day, platform: ruleNight.platform, rule: ruleNight.rule, n: sql<number>`sum(${ruleNight.posts})::int` })
    .from(ruleNight)
    .where(and(gte(ruleNight.day, before(day, TRAILING_DAYS)), lt(ruleNight.day, before(day, -1))))
    .groupBy(ruleNight.day, ruleNight.platform, ruleNight.rule);
  const posts = new Map<string, Map<string, number>>();
  const hits = new Map<string, Map<string, number>>();
  for (const r of rows) {
    const [into, key] = r.rule === '' ? [posts, r.platform] : [hits, `${r.platform}\n${r.rule}`];
    const byDay = into.get(key) ?? new Map<string, number>();
    byDay.set(r.day, r.n);
    into.set(key, byDay);
  }
  const alpha = NIGHTLY_ALPHA / Math.max(1, hits.size);
  const raised: (typeof ruleAlarm.$inferInsert)[] = [];
  for (const [key, byDay] of hits) {
    const [platform = '', rule = ''] = key.split('\n');
    const seen = posts.get(platform) ?? new Map<string, number>();
    const night = (d: string): Night => ({ hits: byDay.get(d) ?? 0, posts: seen.get(d) ?? 0 });
    const jump = jumpOf(night(day), [...seen.keys()].filter((d) => d < day).map(night), alpha);
    if (jump)
      raised.push({ id: newId(), day, platform, rule, runId, at: now, ...night(day), up: jump.up, expected: jump.expected, probability: jump.probability });
  }
  if (raised.length === 0) return [];
  const added = await tx.insert(ruleAlarm).values(raised).onConflictDoNothing().returning();
  if (added.length > 0) {
    await tx.insert(ruleEvent).values(
      added.map(({ id: _, ...a }) => ({
        id: newId(),
        at: now,
        actorId: 'service:screener',
        actorName: '筛查服务',
        action: 'alarm',
        pack: null,
        rule: a.rule,
        revisionId: null,
        data: { ...a },
      })),
    );
  }
  return added;
}

export const readAlarms = (db: Db, of: { rule?: string; runId?: string }, limit: number): Promise<RuleAlarmRow[]> =>
  db
    .select()
    .from(ruleAlarm)
    .where(of.rule ? eq(ruleAlarm.rule, of.rule) : of.runId ? eq(ruleAlarm.runId, of.runId) : undefined)
    // The key's own index is read backwards, that of rules is kept with nulls last: each serves its own words only.
    .orderBy(of.rule ? sql`${ruleAlarm.id} desc nulls last` : desc(ruleAlarm.id))
    .limit(limit);

/** Hits of a rule by night and platform, with the posts of that night there, newest first. */
export async function readNights(db: Db, rule: string, limit = 400): Promise<{ day: string; platform: string; hits: number; posts: number }[]> {
  const hits = await db
    .select({ day: ruleNight.day, platform: ruleNight.platform, n: sql<number>`sum(${ruleNight.posts})::int` })
    .from(ruleNight)
    .where(eq(ruleNight.rule, rule))
    .groupBy(ruleNight.day, ruleNight.platform)
    .orderBy(desc(ruleNight.day))
    .limit(limit);
  const first = hits.at(-1)?.day;
  if (!first) return [];
  const posts = await db
    .select()
    .from(ruleNight)
    .where(and(eq(ruleNight.rule, ''), gte(ruleNight.day, first)));
  const screened = new Map(posts.map((p) => [`${p.day}/${p.platform}`, p.posts]));
  return hits.map((h) => ({ day: h.day, platform: h.platform, hits: h.n, posts: screened.get(`${h.day}/${h.platform}`) ?? 0 }));
}

const ruleId = sql<string>`split_part(${finding.by}, '@', 1)`;
/** What reviewers decided, by rule, version and reason; one query for all rules, decided findings only. */
export const decisionsByRule = (db: Db, rules?: readonly string[]) =>
  db
    .select({ rule: ruleId, by: finding.by, state: finding.state, reason: finding.rejectReason, n: sql<number>`count(*)::int` })
    .from(finding)
    .where(and(eq(finding.source, 'rule'), inArray(finding.state, ['confirmed', 'rejected']), rules ? inArray(ruleId, [...rules]) : undefined))
    .groupBy(sql`1`, finding.by, finding.state, finding.rejectReason);

/** How many findings of a rule stand open, confirmed, rejected or superseded. */
export const countByState = (db: Db, rule: string) =>
  db.select({ state: finding.state, n: sql<number>`count(*)::int` }).from(finding).where(eq(ruleId, rule)).groupBy(finding.state);

export const ruleFindingQuery = (db: Db, rule: string, state: 'rejected' | 'confirmed' | 'open', cursor: string | undefined, limit: number) => {
  const after = decodeCursor(cursor, ['uuid']);
  return db
    .select({ f: finding, accountName: account.name, platform: account.platform })
    .from(finding)
    .innerJoin(account, eq(account.id, finding.accountId))
    .where(and(eq(ruleId, rule), eq(finding.state, state), after ? sql`${finding.id} < ${after[0]}::uuid` : undefined))
    .orderBy(sql`${finding.id} desc nulls last`)
    .limit(limit + 1);
};
export const readRuleFindings = async (
  db: Db,
  rule: string,
  state: 'rejected' | 'confirmed' | 'open',
  cursor: string | undefined,
  limit: number,
): Promise<Page<Awaited<ReturnType<typeof ruleFindingQuery>>[number]>> =>
  toPage(await ruleFindingQuery(db, rule, state, cursor, limit), limit, (r) => [r.f.id]);
