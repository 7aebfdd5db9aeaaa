/** Candidates: proposed once with every ground, listed for people, decided by them. */
import { and, eq, inArray, sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import type { CandidateState, Proposal } from '../../core/model/discovery.ts';
import { storableText } from '../../core/storable.ts';
import type { Db } from '../connect.ts';
import { account, candidate, candidateGround, source, sourceAccount } from '../schema/index.ts';
import { decodeCursor, type Page, toPage } from './cursor.ts';

export type Candidate = typeof candidate.$inferSelect;
export type Ground = typeof candidateGround.$inferSelect;

/** Who speaks of what is proposed, and where. */
export interface Speaker {
  readonly id: string;
  readonly name: string;
  readonly postId: string | null;
  readonly captureId: string | null;
}

/** Leaves out what is visited already: sources by address, and accounts of that name or address that a source shows. */
async function unknownOf(tx: Db, proposals: readonly Proposal[]): Promise<Proposal[]> {
  const urls = proposals.flatMap((p) => p.url ?? []);
  const names = proposals.flatMap((p) => p.name ?? []);
  const sources = urls.length === 0 ? [] : await tx.select({ platform: source.platform, url: source.url }).from(source).where(inArray(source.url, urls));
  const shown = sql`exists (select 1 from ${sourceAccount} sa where sa.account_id = ${account.id})`;
  const byUrl =
    urls.length === 0
      ? []
      : await tx
          .select({ platform: account.platform, url: account.url })
          .from(account)
          .where(and(inArray(account.url, urls), shown));
  const platforms = [...new Set(proposals.map((p) => p.platform))];
  const byName =
    names.length === 0
      ? []
      : await tx
          .select({ platform: account.platform, name: account.name })
          .from(account)
          .where(and(inArray(account.platform, platforms), inArray(account.name, names), shown));
  const known = new Set([...sources, ...byUrl].map((r) => `${r.platform} ${r.url}`).concat(byName.map((r) => `${r.platform} ${r.name}`)));
  return proposals.filter((p) => !known.has(`${p.platform} ${p.url}`) && !known.has(`${p.platform} ${p.name}`));
}

const clean = (text: string, most: number): string => storableText(text).slice(0, most);

/**
 * Proposes accounts and sources for people to decide about. Seen again by the same speaker in the same way it only
 * counts up; a refused one comes back when somebody else speaks of it.
 * @returns how many grounds were new
 */
export async function propose(tx: Db, proposals: readonly Proposal[], speaker: Speaker, now: Date): Promise<number> {
  const wanted = await unknownOf(tx, proposals);
  if (wanted.length === 0) return 0;
  // In one order everywhere, so that two pages speaking of the same accounts never wait for each other in a ring.
  const sorted = [...new Map(wanted.map((p) => [`${p.platform} ${p.key}`, p])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, p]) => p);
  const rows = sorted.map((p) => ({
    id: newId(),
    platform: p.platform,
    key: clean(p.key, 2_100),
    name: p.name === null ? null : clean(p.name, 100),
    url: p.url,
    state: 'proposed' as const,
    firstSeenAt: now,
    lastSeenAt: now,
  }));
  const kept = await tx
    .insert(candidate)
    .values(rows)
    .onConflictDoUpdate({
      target: [candidate.platform, candidate.key],
      set: { lastSeenAt: now, name: sql`coalesce(${candidate.name}, excluded.name)`, url: sql`coalesce(${candidate.url}, excluded.url)` },
    })
    .returning({ id: candidate.id, platform: candidate.platform, key: candidate.key });
  const ids = new Map(kept.map((row) => [`${row.platform} ${row.key}`, row.id]));
  const grounds = sorted.flatMap((p) => {
    const candidateId = ids.get(`${p.platform} ${clean(p.key, 2_100)}`);
    const at = { firstAt: now, lastAt: now, postId: speaker.postId, captureId: speaker.captureId };
    return candidateId ? [{ candidateId, kind: p.ground, speaker: speaker.id, speakerName: clean(speaker.name, 200), quote: clean(p.quote, 300), ...at }] : [];
  });
  const fresh = await tx
    .insert(candidateGround)
    .values(grounds)
    .onConflictDoUpdate({
      target: [candidateGround.candidateId, candidateGround.kind, candidateGround.speaker],
      set: { times: sql`${candidateGround.times} + 1`, lastAt: now },
    })
    .returning({ candidateId: candidateGround.candidateId, isNew: sql<boolean>`(xmax = 0)` });
  const anew = fresh.filter((g) => g.isNew).map((g) => g.candidateId);
  if (anew.length > 0) {
    await tx
      .update(candidate)
      .set({
        seen: sql`${candidate.seen} + 1`,
        again: sql`${candidate.again} or ${candidate.state} = 'refused'`,
        state: sql`case when ${candidate.state} = 'refused' then 'proposed' else ${candidate.state} end`,
      })
      .where(inArray(candidate.id, anew));
  }
  return anew.length;
}

export interface CandidateFilter {
  readonly id?: string;
  readonly state?: CandidateState;
  readonly platform?: string;
}

/** The query of one page of candidates, those that most speak of first; for reading and for explaining its plan. */
export function candidatesQuery(db: Db, filter: CandidateFilter, cursor: string | undefined, limit: number) {
  const after = decodeCursor(cursor, ['number', 'uuid']);
  return db
    .select()
    .from(candidate)
    .where(
      and(
        filter.id ? eq(candidate.id, filter.id) : undefined,
        filter.state ? eq(candidate.state, filter.state) : undefined,
        filter.platform ? eq(candidate.platform, filter.platform) : undefined,
        after ? sql`(${candidate.seen}, ${candidate.id}) < (${after[0]}::int, ${after[1]}::uuid)` : undefined,
      ),
    )
    .orderBy(sql`${candidate.seen} desc nulls last`, sql`${candidate.id} desc nulls last`)
    .limit(limit + 1);
}

/** The first grounds of each candidate, those that were repeated most first. */
export async function groundsOf(db: Db, ids: readonly string[], each: number): Promise<Map<string, Ground[]>> {
  if (ids.length === 0) return new Map();
  const ranked = db.$with('ranked').as(
    db
      .select({
        ...groundColumns,
        place:
          sql<number>`row_number() over (partition by ${candidateGround.candidateId} order by ${candidateGround.times} desc, ${candidateGround.firstAt})`.as(
            'place',
          ),
      })
      .from(candidateGround)
      .where(inArray(candidateGround.candidateId, [...ids])),
  );
  const rows = await db.with(ranked).select().from(ranked).where(sql`place <= ${each}`);
  const by = new Map<string, Ground[]>();
  for (const { place: _place, ...ground } of rows) by.set(ground.candidateId, [...(by.get(ground.candidateId) ?? []), ground]);
  return by;
}
const groundColumns = {
  candidateId: candidateGround.candidateId,
  kind: candidateGround.kind,
  speaker: candidateGround.speaker,
  speakerName: candidateGround.speakerName,
  postId: candidateGround.postId,
  captureId: candidateGround.captureId,
  quote: candidateGround.quote,
  times: candidateGround.times,
  firstAt: candidateGround.firstAt,
  lastAt: candidateGround.lastAt,
};

export type ListedCandidate = Candidate & { readonly grounds: readonly Ground[] };

export async function readCandidates(db: Db, filter: CandidateFilter, cursor: string | undefined, limit: number): Promise<Page<ListedCandidate>> {
  const page = toPage(await candidatesQuery(db, filter, cursor, limit), limit, (r) => [r.seen, r.id]);
  const grounds = await groundsOf(
    db,
    page.items.map((c) => c.id),
    3,
  );
  return { ...page, items: page.items.map((c) => ({ ...c, grounds: grounds.get(c.id) ?? [] })) };
}

/** How many wait for a decision, counted up to a bound. */
export async function countProposed(db: Db, most = 1_000): Promise<number> {
  const { rows } = await db.execute<{ n: number }>(sql`select count(*)::int as n from (select 1 from ${candidate} where state = 'proposed' limit ${most}) c`);
  return rows[0]?.n ?? 0;
}

/** One candidate, locked. */
export async function lockCandidate(tx: Db, id: string): Promise<Candidate | null> {
  const [row] = await tx.select().from(candidate).where(eq(candidate.id, id)).for('no key update');
  return row ?? null;
}

export async function decideCandidate(
  tx: Db,
  id: string,
  decision: { state: 'accepted' | 'refused'; by: { id: string; name: string }; reason: string | null; sourceId: string | null; now: Date },
): Promise<void> {
  const { state, by, reason, sourceId, now } = decision;
  await tx.update(candidate).set({ state, reason, sourceId, decidedById: by.id, decidedByName: by.name, decidedAt: now }).where(eq(candidate.id, id));
}
