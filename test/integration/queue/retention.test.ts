/** What is due is destroyed and nothing else: never under hold, in an open or decided case, or shown again since; and the evidence stays verifiable. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256, sm3 } from '../../../core/digest.ts';
import { newId } from '../../../core/ids.ts';
import type { CaptureKind } from '../../../core/model/capture.ts';
import type { CaseOutcome, CaseState } from '../../../core/model/case.ts';
import type { Destroyer } from '../../../core/ports.ts';
import { verifyAudit } from '../../../db/repositories/audit.ts';
import { appendLedger, capturesToVerify, insertCapture, ledgerRows, savePageState, setShot } from '../../../db/repositories/capture.ts';
import { saveAccount, savePost } from '../../../db/repositories/content.ts';
import { liftHold, placeHold } from '../../../db/repositories/hold.ts';
import { savePostPictures } from '../../../db/repositories/picture.ts';
import { saveTerm } from '../../../db/repositories/retention.ts';
import { joinAccounts } from '../../../db/repositories/same-account.ts';
import { account, capture, caseFile, destruction, ledger, pageState, post, postPicture, postVersion } from '../../../db/schema/index.ts';
import { createDestroyer } from '../../../evidence/destroy.ts';
import { blobFacts, captureFacts, ledgerRow } from '../../../evidence/ledger.ts';
import { createContentStore } from '../../../evidence/store.ts';
import { verifyEvidence } from '../../../evidence/verify.ts';
import { createSealer, type RecordSealer } from '../../../evidence/warc.ts';
import { runRetention } from '../../../queue/retention.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { exchangeOf } from '../../unit/evidence/exchange.ts';

const BY = { id: 'test', name: '测试', kind: 'service' as const, roles: [] };
const DAY = 86_400_000;
const THEN = new Date();
let base: TestDatabase;
let dir: string;
let sealer: RecordSealer;
let now: Date;

beforeEach(async () => {
  base = await freshDatabase();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-keep-'));
  sealer = createSealer({ dir });
  now = new Date(THEN.getTime() + 200 * DAY);
});
afterEach(async () => {
  await sealer.close();
  await base.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

const secret = (name: string): string => `求职者 ${name} 电话 13800000000`;

async function seal(name: string, kind: CaptureKind, accountId: string | null): Promise<string> {
  const id = newId();
  const place = await sealer.seal(exchangeOf(`<p>${secret(name)}`, { url: `http://x.test/${name}`, finalUrl: `http://x.test/${name}` }), 'http');
  const seen = { url: `http://x.test/${name}`, finalUrl: `http://x.test/${name}`, status: 200, via: 'http' as const, fetchedAt: THEN };
  await base.db.transaction(async (tx) => {
    const row = await appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'capture', refId: id, payload: captureFacts(place, { ...seen, kind }), at: THEN }));
    await insertCapture(tx, { id, runId: null, sourceId: null, accountId, kind, outcome: 'ok', reason: null, place, ledgerSeq: row.seq, ...seen });
  });
  return id;
}

/** A page shot of a capture. @returns its digest */
async function shoot(captureId: string, words: string): Promise<string> {
  const bytes = Buffer.from(words);
  const digest = await createContentStore(dir).put(bytes);
  await base.db.transaction(async (tx) => {
    const facts = blobFacts({ sha256: digest, sm3: sm3(bytes), size: bytes.length, from: 'sealed' });
    await appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'shot', refId: captureId, payload: facts, at: THEN }));
    await setShot(tx, captureId, digest, 'sealed');
  });
  return digest;
}

/** An account with one sealed post. */
async function posted(name: string): Promise<{ accountId: string; postId: string; captureId: string }> {
  const accountId = await saveAccount(base.db, {
    platform: 'p',
    input: { id: name, name: `${name}号`, description: secret(name), website: 'x' },
    url: null,
    now: THEN,
  });
  const captureId = await seal(name, 'post', accountId);
  const input = { id: name, url: `http://x.test/${name}`, title: name, text: secret(name) };
  const wish = { accountId, platform: 'p', externalId: name, input, contentSha256: sha256(name), captureId, publishedAt: null, now: THEN };
  const { postId } = await savePost(base.db, wish);
  return { accountId, postId, captureId };
}

async function withCase(accountId: string, state: CaseState, outcome: CaseOutcome | null): Promise<string> {
  const id = newId();
  const facts = { number: id, accountId, state, outcome, level: 'lead' as const, priority: 1, contributions: [], findingCount: 1, version: 1 };
  await base.db.insert(caseFile).values({ id, ...facts, openedAt: THEN, dueAt: THEN, updatedAt: THEN, closedAt: outcome ? THEN : null });
  return id;
}

const run = (apply = true, destroyer: Destroyer = createDestroyer(dir)) => runRetention({ db: base.db, clock: { now: () => now }, destroyer }, apply, BY);
const verify = () => verifyEvidence({ ledgerRows: ledgerRows(base.db), captures: capturesToVerify(base.db), dir });
const onDisk = async (name: string): Promise<boolean> => {
  for (const row of await base.db.select().from(capture))
    if (row.warcFile && row.url.endsWith(`/${name}`)) return (await sealer.read(row as never)).body.includes(secret(name));
  return false;
};
const postsLeft = async (): Promise<string[]> => (await base.db.select({ t: post.title }).from(post)).map((r) => r.t).sort();

describe('retention', () => {
  it('destroys posts, pages, shots and particulars that are due, and the ledger still verifies and says so', async () => {
    const old = await posted('old');
    const shot = await shoot(old.captureId, '留影 old');
    await seal('list', 'list', null);
    const kept = await posted('kept');
    await base.db.update(post).set({ lastSeenAt: now }).where(eq(post.id, kept.postId));
    await base.db.update(account).set({ lastSeenAt: now }).where(eq(account.id, kept.accountId));
    const before = await verify();
    expect([before.ok, before.captures.sound, before.destroyed.captures]).toEqual([true, 3, 0]);

    const told = await run(false);
    expect(told.rules.map((r) => [r.rule, r.counts.posts, r.counts.records])).toEqual([
      ['post.clear', 1, 0],
      ['post.dismissed', 0, 0],
      ['capture.page', 0, 0],
      ['capture.list', 0, 1],
      ['account.clear', 0, 0],
    ]);
    expect([await postsLeft(), (await base.db.select().from(destruction)).length, await onDisk('old')]).toEqual([['kept', 'old'], 0, true]);

    const done = await run();
    expect(done.rules.map((r) => Object.values(r.counts).slice(0, 4))).toEqual([
      [1, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 1, 1, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 1],
    ]);
    expect(await postsLeft()).toEqual(['kept']);
    const file = fs.readdirSync(path.join(dir, 'warc'))[0] ?? '';
    const { gunzipSync } = await import('node:zlib');
    const words = gunzipSync(fs.readFileSync(path.join(dir, 'warc', file))).toString('utf8');
    expect([words.includes(secret('old')), words.includes('/list'), words.includes(secret('kept'))]).toEqual([false, false, true]);
    expect(words.match(/pincha-destroyed: \d+/g)).toEqual(['pincha-destroyed: 2', 'pincha-destroyed: 3']);
    expect([await onDisk('kept'), fs.existsSync(path.join(dir, 'blob', shot.slice(0, 2), shot.slice(2, 4), shot))]).toEqual([true, false]);

    const report = await verify();
    expect([report.ok, report.first, report.captures.sound, report.destroyed]).toEqual([
      true,
      null,
      1,
      { captures: 2, blobs: 1, records: [1, 2, 3, 4], unfinished: [] },
    ]);
    expect((await verifyAudit(base.db)).brokenAt).toBeNull();
    const [gone] = await base.db.select().from(capture).where(eq(capture.id, old.captureId));
    expect([gone?.destroyedNo, gone?.warcFile, gone?.sha256]).toEqual([2, null, sha256(`<p>${secret('old')}`)]);
    const [cleared] = await base.db.select().from(account).where(eq(account.id, old.accountId));
    expect(JSON.stringify(cleared)).not.toMatch(/13800000000|old号/);
    expect((await base.db.select().from(postVersion)).length).toBe(1);
    const records = await base.db.select().from(destruction);
    expect(records.map((r) => [r.no, r.rule, r.state, r.byName])).toEqual([
      [1, 'post.clear', 'done', '测试'],
      [2, 'capture.page', 'done', '测试'],
      [3, 'capture.list', 'done', '测试'],
      [4, 'account.clear', 'done', '测试'],
    ]);
    // what the ledger keeps of it names no person
    const rows = (await base.db.select().from(ledger)).filter((r) => r.kind === 'destruction');
    expect(rows.map((r) => r.payload).join('')).not.toMatch(/13800000000/);
    expect((await run()).records).toEqual([]);
  });

  it('leaves alone what is held, open, decided, or dismissed less than its term ago', async () => {
    const cases: Record<string, string> = {};
    for (const [name, state, outcome] of [
      ['open', 'open', null],
      ['enforced', 'closed', 'enforced'],
      ['dismissed', 'closed', 'no_violation'],
      ['held', 'closed', 'no_violation'],
    ] as const)
      cases[name] = await withCase((await posted(name)).accountId, state, outcome);
    await base.db.transaction((tx) => placeHold(tx, cases['held'] ?? '', '信访', BY, THEN));
    await run();
    expect(await postsLeft()).toEqual(['dismissed', 'enforced', 'held', 'open']);
    now = new Date(THEN.getTime() + 740 * DAY);
    await run();
    expect(await postsLeft()).toEqual(['enforced', 'held', 'open']);
    expect([await onDisk('dismissed'), await onDisk('held'), await onDisk('enforced')]).toEqual([false, true, true]);
    await base.db.transaction((tx) => liftHold(tx, cases['held'] ?? '', '信访已结', BY, now));
    await run();
    expect([await postsLeft(), (await verify()).ok]).toEqual([['enforced', 'open'], true]);
  });

  it('keeps pictures a held post no longer shows, and what was sealed under the other number of a held account', async () => {
    const [held, other] = [await posted('held'), await posted('other')];
    const [caseId, picture] = [await withCase(held.accountId, 'closed', 'no_violation'), await seal('picture', 'image', null)];
    const page = await seal('page', 'account', other.accountId);
    await base.db.transaction(async (tx) => {
      await placeHold(tx, caseId, '信访', BY, THEN);
      await tx.insert(postPicture).values({ postId: held.postId, position: 0, url: 'http://x.test/picture', captureId: picture, sha256: sha256('picture') });
      await savePostPictures(tx, held.postId, []);
      await joinAccounts(tx, other.accountId, held.accountId, 'held');
    });
    now = new Date(THEN.getTime() + 900 * DAY);
    await run();
    const left = (await base.db.select().from(capture)).filter((c) => c.warcFile !== null).map((c) => c.id);
    expect(left.sort()).toEqual([held.captureId, other.captureId, picture, page].sort());
  });

  it('keeps a term that the office set, and keeps for good what it said to keep', async () => {
    await posted('a');
    await base.db.transaction((tx) => saveTerm(tx, 'post.clear', 365, BY, THEN));
    await run();
    expect(await postsLeft()).toEqual(['a']);
    await base.db.transaction((tx) => saveTerm(tx, 'post.clear', null, BY, THEN));
    now = new Date(THEN.getTime() + 4_000 * DAY);
    await run();
    expect([await postsLeft(), await onDisk('a')]).toEqual([['a'], true]);
  });

  it('killed between the record and the bytes is finished by the next run, and verify says so meanwhile', async () => {
    await seal('list', 'list', null);
    const dying: Destroyer = { ...createDestroyer(dir), overwrite: () => Promise.reject(new Error('killed')) };
    await expect(run(true, dying)).rejects.toThrow('killed');
    const between = await verify();
    expect([between.ok, between.destroyed.unfinished]).toEqual([true, [1]]);
    await run();
    const after = await verify();
    expect([after.ok, after.destroyed.unfinished, after.destroyed.records]).toEqual([true, [], [1]]);
  });

  it('does not destroy what is broken, and a byte changed beside a tombstone is still named', async () => {
    const broken = await seal('broken', 'list', null);
    await seal('sound', 'list', null);
    const beside = await posted('beside');
    await base.db.update(post).set({ lastSeenAt: now });
    const rowOf = async (id: string) => (await base.db.select().from(capture).where(eq(capture.id, id)))[0];
    const flip = (file: string, at: number): void => {
      const bytes = fs.readFileSync(path.join(dir, file));
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      fs.writeFileSync(path.join(dir, file), bytes);
    };
    const at = await rowOf(broken);
    flip(at?.warcFile ?? '', (at?.warcOffset ?? 0) + 40);
    const done = await run();
    expect([done.skipped.map((s) => s.captureId), done.rules[3]?.counts.records]).toEqual([[broken], 1]);
    expect((await verify()).first?.place).toContain(broken);
    flip(at?.warcFile ?? '', (at?.warcOffset ?? 0) + 40);
    expect((await verify()).ok).toBe(true);
    const next = await rowOf(beside.captureId);
    flip(next?.warcFile ?? '', (next?.warcOffset ?? 0) + 40);
    expect((await verify()).first?.place).toContain(beside.captureId);
  });

  it('spares a file whose bytes were entered again while the record waited, and misses one that was and is gone', async () => {
    const old = await posted('old');
    const shot = await shoot(old.captureId, '同一张留影');
    const dying: Destroyer = { ...createDestroyer(dir), overwrite: () => Promise.reject(new Error('killed')) };
    await expect(run(true, dying)).rejects.toThrow('killed');
    const fresh = await posted('fresh');
    await base.db.update(post).set({ lastSeenAt: now }).where(eq(post.id, fresh.postId));
    await shoot(fresh.captureId, '同一张留影');
    await run();
    const file = path.join(dir, 'blob', shot.slice(0, 2), shot.slice(2, 4), shot);
    expect([fs.existsSync(file), await onDisk('old'), (await verify()).ok]).toEqual([true, false, true]);
    fs.rmSync(file);
    expect((await verify()).first).toMatchObject({ place: expect.stringMatching(/^ledger \d+ \(shot\)$/), reason: expect.stringContaining('不存在') });
  });

  it('keeps what a host said to stand within the term, the plain answer beside a drawn page, and lets the validators go with the bytes', async () => {
    const [still, gone, plain, drawn] = [
      await seal('still', 'list', null),
      await seal('gone', 'list', null),
      await seal('page', 'list', null),
      await seal('drawn', 'list', null),
    ];
    await base.db.update(capture).set({ via: 'browser', fetchedAt: now, url: 'http://x.test/page' }).where(eq(capture.id, drawn));
    await base.db.transaction(async (tx) => {
      for (const [name, captureId] of [
        ['still', still],
        ['gone', gone],
      ] as const)
        await savePageState(tx, {
          url: `http://x.test/${name}`,
          etag: '"1"',
          lastModified: null,
          sha256: sha256(name),
          captureId,
          links: [],
          parts: null,
          seenAt: THEN,
        });
      const seen = { url: 'http://x.test/still', finalUrl: 'http://x.test/still', status: 304, via: 'http' as const, fetchedAt: now };
      await insertCapture(tx, {
        id: newId(),
        runId: null,
        sourceId: null,
        accountId: null,
        kind: 'list',
        outcome: 'unchanged',
        reason: null,
        place: null,
        ledgerSeq: null,
        ...seen,
      });
    });
    await run();
    const left = (await base.db.select().from(capture)).filter((c) => c.warcFile !== null).map((c) => c.id);
    expect(left.sort()).toEqual([still, plain, drawn].sort());
    expect((await base.db.select().from(pageState)).map((s) => s.url)).toEqual(['http://x.test/still']);
  });

  it('destroys bytes that two captures stand on once both go, not before', async () => {
    const one = await seal('one', 'list', null);
    const [row] = await base.db.select().from(capture).where(eq(capture.id, one));
    const two = newId();
    const { id: _, ...same } = row!;
    await base.db.insert(capture).values({ ...same, id: two, accountId: null, ledgerSeq: null });
    await base.db.transaction((tx) =>
      appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'capture', refId: two, payload: { sha256: row!.sha256, sm3: row!.sm3 }, at: THEN })),
    );
    await run();
    const { gunzipSync } = await import('node:zlib');
    expect(gunzipSync(fs.readFileSync(path.join(dir, row!.warcFile ?? ''))).includes(secret('one'))).toBe(false);
  });
});
