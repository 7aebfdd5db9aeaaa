/** Revisions of packs, rules switched off, the laws that were ever in use, and what happened to them. */
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { sha256 } from '../../core/digest.ts';
import { PinchaError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { Actor } from '../../core/model/role.ts';
import type { RevisionState } from '../../core/model/rule.ts';
import type { Db } from '../connect.ts';
import { lawFile, lawSet, ruleEvent, ruleOff, ruleRevision } from '../schema/index.ts';
import { appendAudit } from './audit.ts';
import { decodeCursor, type Page, toPage } from './cursor.ts';

export type Revision = typeof ruleRevision.$inferSelect;
export type RuleEventRow = typeof ruleEvent.$inferSelect;

/** Everything that is in force or watched beside the shipped law, and a mark that changes whenever any of it does. */
export async function readLawState(db: Db): Promise<{ mark: string; published: Revision[]; shadow: Revision[]; off: string[] }> {
  const rows = await db
    .select()
    .from(ruleRevision)
    .where(inArray(ruleRevision.state, ['published', 'shadow']))
    .orderBy(asc(ruleRevision.id));
  const off = (await db.select({ rule: ruleOff.rule }).from(ruleOff).orderBy(asc(ruleOff.rule))).map((r) => r.rule);
  const mark = sha256(JSON.stringify([rows.map((r) => [r.id, r.state, r.sha256]), off]));
  return { mark, published: rows.filter((r) => r.state === 'published'), shadow: rows.filter((r) => r.state === 'shadow'), off };
}

/** Keeps the law of a version so that what it said can be read back for ever. */
export async function saveLawSet(
  db: Db,
  set: { version: string; files: readonly { path: string; text: string }[]; off: readonly string[]; now: Date },
): Promise<void> {
  const [known] = await db.select({ v: lawSet.version }).from(lawSet).where(eq(lawSet.version, set.version));
  if (known) return;
  const files = set.files.map((f) => ({ path: f.path, sha256: sha256(f.text), text: f.text }));
  await db.transaction(async (tx) => {
    await tx
      .insert(lawFile)
      .values(files.map(({ sha256: digest, text }) => ({ sha256: digest, text })))
      .onConflictDoNothing();
    const kept = files.map(({ path, sha256: digest }) => ({ path, sha256: digest }));
    await tx
      .insert(lawSet)
      .values({ version: set.version, files: kept, off: [...set.off], createdAt: set.now })
      .onConflictDoNothing();
  });
}

/** The files of a law once used; null when no such version was. */
export async function readLawSet(db: Db, version: string): Promise<{ files: { path: string; text: string }[]; off: string[] } | null> {
  const [row] = await db.select().from(lawSet).where(eq(lawSet.version, version));
  if (!row) return null;
  const texts = await db
    .select()
    .from(lawFile)
    .where(
      inArray(
        lawFile.sha256,
        row.files.map((f) => f.sha256),
      ),
    );
  const byDigest = new Map(texts.map((t) => [t.sha256, t.text]));
  return { files: row.files.map((f) => ({ path: f.path, text: byDigest.get(f.sha256) ?? '' })), off: row.off };
}

export const revisionQuery = (db: Db, filter: { pack?: string | undefined; state?: RevisionState | undefined }, cursor: string | undefined, limit: number) => {
  const after = decodeCursor(cursor, ['uuid']);
  return (
    db
      .select()
      .from(ruleRevision)
      .where(
        and(
          filter.pack ? eq(ruleRevision.pack, filter.pack) : undefined,
          filter.state ? eq(ruleRevision.state, filter.state) : undefined,
          after ? sql`${ruleRevision.id} < ${after[0]}::uuid` : undefined,
        ),
      )
      // The key's own index is read backwards, that of states is kept with nulls last: each serves its own words only.
      .orderBy(filter.state ? sql`${ruleRevision.id} desc nulls last` : desc(ruleRevision.id))
      .limit(limit + 1)
  );
};

export async function readRevisions(
  db: Db,
  filter: { pack?: string | undefined; state?: RevisionState | undefined },
  cursor: string | undefined,
  limit: number,
): Promise<Page<Revision>> {
  return toPage(await revisionQuery(db, filter, cursor, limit), limit, (r) => [r.id]);
}

export async function readRevision(db: Db, id: string, lock = false): Promise<Revision | null> {
  const query = db.select().from(ruleRevision).where(eq(ruleRevision.id, id));
  const [row] = await (lock ? query.for('update') : query);
  return row ?? null;
}

/** Texts of a pack that are or were in force: their version numbers are taken. */
export const formerTexts = async (db: Db, pack: string): Promise<string[]> =>
  (
    await db
      .select({ text: ruleRevision.text })
      .from(ruleRevision)
      .where(and(eq(ruleRevision.pack, pack), inArray(ruleRevision.state, ['published', 'retired'])))
  ).map((r) => r.text);

export interface NewDraft {
  readonly pack: string;
  readonly text: string;
  readonly note: string;
  readonly basedOn: string | null;
}

interface Happening {
  readonly action: string;
  readonly pack: string | null;
  readonly rule: string | null;
  readonly revisionId: string | null;
  readonly data: Record<string, unknown>;
}
/** Event and audit entry in the caller's transaction. */
async function note(tx: Db, { action, pack, rule, revisionId, data }: Happening, actor: Actor, now: Date, ip: string | null): Promise<void> {
  await tx.insert(ruleEvent).values({ id: newId(), at: now, actorId: actor.id, actorName: actor.name, action, pack, rule, revisionId, data });
  const subject = { action: `rule.${action}`, subjectType: 'rule', subjectId: revisionId ?? rule ?? pack ?? '' };
  await appendAudit(tx, [{ ...subject, data: { ...data, pack, rule } }], actor, now, ip);
}

export async function addDraft(tx: Db, draft: NewDraft, actor: Actor, now: Date, ip: string | null = null): Promise<Revision> {
  // Two drafts of one pack in one moment take two numbers.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`rule/${draft.pack}`}))`);
  const [last] = await tx
    .select({ n: ruleRevision.number })
    .from(ruleRevision)
    .where(eq(ruleRevision.pack, draft.pack))
    .orderBy(desc(ruleRevision.number))
    .limit(1);
  const [row] = await tx
    .insert(ruleRevision)
    .values({
      ...draft,
      id: newId(),
      number: (last?.n ?? 0) + 1,
      sha256: sha256(draft.text),
      state: 'draft',
      authorId: actor.id,
      authorName: actor.name,
      version: 1,
      createdAt: now,
      updatedAt: now,
    })
    .returning();
  if (!row) throw new PinchaError('INTERNAL', { reason: 'rule_revision' });
  await note(
    tx,
    { action: 'draft', pack: row.pack, rule: null, revisionId: row.id, data: { number: row.number, sha256: row.sha256, note: row.note } },
    actor,
    now,
    ip,
  );
  return row;
}

export interface RevisionStep {
  readonly action: 'save' | 'shadow' | 'back' | 'withdraw' | 'publish';
  readonly to: RevisionState;
  readonly set: { readonly text?: string; readonly note?: string; readonly basedOn?: string | null };
}

/**
 * Moves a revision on, with its event and audit entry; publishing retires the one in force in the same transaction.
 * @param expected the version the step was decided on @throws PinchaError STALE
 */
export async function moveRevision(tx: Db, row: Revision, step: RevisionStep, actor: Actor, now: Date, ip: string | null): Promise<Revision> {
  const publishing = step.action === 'publish';
  if (publishing) {
    await tx
      .update(ruleRevision)
      .set({ state: 'retired', updatedAt: now, version: sql`${ruleRevision.version} + 1` })
      .where(and(eq(ruleRevision.pack, row.pack), eq(ruleRevision.state, 'published')));
  }
  const [done] = await tx
    .update(ruleRevision)
    .set({
      ...step.set,
      ...(step.set.text === undefined ? {} : { sha256: sha256(step.set.text) }),
      state: step.to,
      ...(publishing ? { publishedById: actor.id, publishedByName: actor.name, publishedAt: now } : {}),
      ...(step.action === 'shadow' ? { shadowAt: now } : {}),
      version: row.version + 1,
      updatedAt: now,
    })
    .where(and(eq(ruleRevision.id, row.id), eq(ruleRevision.version, row.version), eq(ruleRevision.state, row.state)))
    .returning();
  if (!done) throw new PinchaError('STALE', { what: 'rule' });
  const data = { number: done.number, from: row.state, to: done.state, sha256: done.sha256, author: row.authorName };
  await note(tx, { action: step.action, pack: row.pack, rule: null, revisionId: row.id, data }, actor, now, ip);
  return done;
}

/** Back to the pack as shipped: what was published is retired, nothing takes its place. */
export async function retirePack(tx: Db, pack: string, actor: Actor, now: Date, ip: string | null): Promise<boolean> {
  const done = await tx
    .update(ruleRevision)
    .set({ state: 'retired', updatedAt: now, version: sql`${ruleRevision.version} + 1` })
    .where(and(eq(ruleRevision.pack, pack), eq(ruleRevision.state, 'published')))
    .returning({ id: ruleRevision.id });
  if (done.length > 0) await note(tx, { action: 'restore', pack, rule: null, revisionId: done[0]?.id ?? null, data: {} }, actor, now, ip);
  return done.length > 0;
}

/** Switches a rule off or on. @returns false when it was so already */
export async function switchRule(tx: Db, rule: string, on: boolean, reason: string, actor: Actor, now: Date, ip: string | null): Promise<boolean> {
  const done = on
    ? await tx.delete(ruleOff).where(eq(ruleOff.rule, rule)).returning({ rule: ruleOff.rule })
    : await tx.insert(ruleOff).values({ rule, reason, byId: actor.id, byName: actor.name, at: now }).onConflictDoNothing().returning({ rule: ruleOff.rule });
  if (done.length > 0) await note(tx, { action: on ? 'enable' : 'disable', pack: null, rule, revisionId: null, data: { reason } }, actor, now, ip);
  return done.length > 0;
}

export const readOff = (db: Db): Promise<(typeof ruleOff.$inferSelect)[]> => db.select().from(ruleOff).orderBy(asc(ruleOff.rule));

/** The latest events of a pack, of a rule, or of all. */
export const readRuleEvents = (db: Db, of: { pack?: string; rule?: string }, limit: number): Promise<RuleEventRow[]> =>
  db
    .select()
    .from(ruleEvent)
    .where(of.pack ? eq(ruleEvent.pack, of.pack) : of.rule ? eq(ruleEvent.rule, of.rule) : undefined)
    .orderBy(sql`${ruleEvent.id} desc nulls last`)
    .limit(limit);
