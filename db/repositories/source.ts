/** Where to crawl: sources, when each is due, and what the last visit came to. */
import { and, asc, desc, eq, isNotNull, lte, or, sql } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import type { Outcome } from '../../core/model/capture.ts';
import type { RobotsPage } from '../../core/politeness.ts';
import type { Db } from '../connect.ts';
import { source } from '../schema/index.ts';
import { suspicious } from './revisit.ts';

export type Source = typeof source.$inferSelect;
const MIN_HOURS = 12;
const MAX_HOURS = 14 * 24;

export interface NewSource {
  readonly platform: string;
  readonly name: string;
  readonly url: string;
  readonly hosts?: string[];
  readonly board?: Record<string, unknown>;
  readonly role?: 'visit' | 'search';
  /** What a robots.txt means that answers with a web page; open (no rules stated) unless told. */
  readonly robotsPage?: RobotsPage;
}

/** Adds one source. @returns its id, null when there is one of that platform and address */
export async function addSource(tx: Db, row: NewSource, now: Date): Promise<string | null> {
  const [added] = await tx
    .insert(source)
    .values({ id: newId(), ...row, nextDueAt: now, createdAt: now })
    .onConflictDoNothing()
    .returning({ id: source.id });
  return added?.id ?? null;
}

/** Adds sources that are not known yet (by platform and address). @returns how many were new */
export async function addSources(db: Db, rows: readonly NewSource[], now: Date): Promise<number> {
  if (rows.length === 0) return 0;
  const added = await db
    .insert(source)
    .values(rows.map((r) => ({ id: newId(), ...r, nextDueAt: now, createdAt: now })))
    .onConflictDoNothing()
    .returning({ id: source.id });
  return added.length;
}

/**
 * Sources to visit: all active ones, or of them those whose time has come and those that show an account under suspicion.
 * @param due the latest time that counts as come
 */
export const sourcesToVisit = (db: Db, due: Date | null): Promise<{ id: string }[]> =>
  db
    .select({ id: source.id })
    .from(source)
    .where(due ? and(eq(source.active, true), or(lte(source.nextDueAt, due), suspicious)) : eq(source.active, true))
    .orderBy(asc(source.platform), asc(source.id));

export async function readSource(db: Db, id: string): Promise<Source | null> {
  const [row] = await db.select().from(source).where(eq(source.id, id));
  return row ?? null;
}

/**
 * Notes a visit and when the next is due: half the interval after a change, half as long again without one,
 * between 12 hours and 14 days; a source that could not be seen keeps its interval.
 * @param seen `night`: the next one, when addresses of the source wait for it
 */
export async function noteVisit(db: Db, id: string, seen: { outcome: Outcome; changed: boolean | null; now: Date; night?: Date | null }): Promise<void> {
  const factor = seen.changed === null ? 1 : seen.changed ? 0.5 : 1.5;
  const hours = sql`least(${MAX_HOURS}, greatest(${MIN_HOURS}, round(${source.intervalHours} * ${factor}::numeric)))::int`;
  await db
    .update(source)
    .set({
      lastOutcome: seen.outcome,
      lastVisitedAt: seen.now,
      intervalHours: hours,
      nextDueAt: sql`least(${seen.now.toISOString()}::timestamptz + make_interval(hours => ${hours}), ${seen.night?.toISOString() ?? null}::timestamptz)`,
    })
    .where(eq(source.id, id));
}

/** All sources by platform, at most 10,000. */
export const listSources = (db: Db): Promise<Source[]> => db.select().from(source).orderBy(asc(source.platform), asc(source.id)).limit(10_000);

/** @returns false when there is no such source */
export async function setSourceActive(db: Db, id: string, active: boolean): Promise<boolean> {
  const rows = await db.update(source).set({ active }).where(eq(source.id, id)).returning({ id: source.id });
  return rows.length > 0;
}

/** The declaration of a configured board, as its newest source has it; null when no source declares it. */
export async function readBoard(db: Db, platform: string): Promise<Record<string, unknown> | null> {
  const [row] = await db
    .select({ board: source.board })
    .from(source)
    .where(and(eq(source.platform, platform), isNotNull(source.board)))
    .orderBy(desc(source.createdAt))
    .limit(1);
  return row?.board ?? null;
}

/** Platforms that are boards declared by their source. */
export async function boardPlatforms(db: Db): Promise<string[]> {
  const rows = await db.selectDistinct({ platform: source.platform }).from(source).where(isNotNull(source.board));
  return rows.map((row) => row.platform);
}

/** Adds a board's source, or gives the known one the new declaration. @returns its id, and whether it was new */
export async function saveBoardSource(
  db: Db,
  row: NewSource & { readonly board: Record<string, unknown> },
  now: Date,
): Promise<{ id: string; fresh: boolean }> {
  const wished = newId();
  const [saved] = await db
    .insert(source)
    .values({ id: wished, ...row, nextDueAt: now, createdAt: now })
    .onConflictDoUpdate({ target: [source.platform, source.url], set: { board: row.board, name: row.name, active: true, nextDueAt: now } })
    .returning({ id: source.id });
  const id = saved?.id ?? wished;
  return { id, fresh: id === wished };
}
