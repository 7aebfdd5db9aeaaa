/** Flagged posts are looked at again on their days, what became of them is kept, and a kill loses nothing. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asc, eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../core/ids.ts';
import type { AccountInput } from '../../../core/model/post.ts';
import { saveAccounts } from '../../../db/repositories/bulk.ts';
import { saveAccount, savePost } from '../../../db/repositories/content.ts';
import { fatesOf, linkSource, platformsDue, watchFlagged } from '../../../db/repositories/revisit.ts';
import { addSources, noteVisit, sourcesToVisit } from '../../../db/repositories/source.ts';
import { account, capture, outbox, post, postWatch, source } from '../../../db/schema/index.ts';
import { revisited, revisitPosts } from '../../../queue/jobs/revisit-posts.ts';
import { lookForUnlisted } from '../../../queue/jobs/unlisted.ts';
import { externalIdOf } from '../../../queue/posts-as-read.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/process-tree.ts';
import { jobPage, lookingContext, openSite, type Site } from '../../support/revisit-world.ts';

const START = new Date('2026-03-02T02:00:00Z');
let base: TestDatabase;
let site: Site;
let dir: string;
let now: Date;
let ctx: ReturnType<typeof lookingContext>;

const dayAt = (days: number): Date => new Date(START.getTime() + days * 86_400_000);
const lookAgain = () => revisitPosts.run({ platform: 'jsonld' }, ctx);
const postRow = async (id: string) => (await base.db.select().from(post).where(eq(post.id, id)))[0];
const watchRow = async (id: string) => (await base.db.select().from(postWatch).where(eq(postWatch.postId, id)))[0];
const isDue = async (): Promise<boolean> => (await platformsDue(base.db, await revisited(base.db), now)).includes('jsonld');

/** A post of the site, seen and flagged at the start. */
async function flaggedPost(name: string, level: 'lead' | 'none' = 'lead'): Promise<{ id: string; accountId: string; path: string }> {
  const url = `${site.url}/job/${name}`;
  site.pages.set(`/job/${name}`, jobPage(name, '入职交服装费'));
  const input = { id: `${site.host}:${name}`, url, title: '仓库管理员', text: '入职交服装费' };
  const accountId = await saveAccount(base.db, { platform: 'jsonld', input: { name: '云汀仓储有限公司' }, url: null, now: START });
  const wish = { accountId, platform: 'jsonld', externalId: externalIdOf(input), input, contentSha256: 'x', captureId: null, publishedAt: null, now: START };
  const { postId } = await savePost(base.db, wish);
  await base.db.update(post).set({ level }).where(eq(post.id, postId));
  await watchFlagged(base.db, level === 'lead' ? [postId] : [], await revisited(base.db), START);
  return { id: postId, accountId, path: `/job/${name}` };
}

beforeEach(async () => {
  base = await freshDatabase();
  site = await openSite();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-look-'));
  now = START;
  ctx = lookingContext(base.db, dir, site.host, () => now);
});
afterEach(async () => {
  await ctx.close();
  await site.close();
  await base.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

describe('a flagged post', () => {
  it('is looked at after 1, 3, 7 and 30 days; each look is sealed, and its deletion is timed between the last two', async () => {
    const { id, path: page } = await flaggedPost('a1');
    const seen: number[] = [];
    for (let day = 0; day <= 40; day += 1) {
      now = dayAt(day);
      if (day === 5) site.pages.set(page, 410);
      const before = site.asked.length;
      await lookAgain();
      if (site.asked.length > before) seen.push(day);
    }
    expect(seen).toEqual([1, 3, 7, 30]);
    const row = await postRow(id);
    expect(row).toMatchObject({ status: 'deleted', goneBy: 'unknown', statusReason: 'HTTP 410' });
    expect([row?.lastSeenAt, row?.goneAt]).toEqual([dayAt(3), dayAt(7)]);
    const looks = await base.db.select().from(capture).orderBy(asc(capture.id));
    expect(looks.map((c) => [c.kind, c.outcome, c.sha256 !== null])).toEqual([
      ['probe', 'ok', true],
      ['probe', 'ok', true],
      ['probe', 'deleted', true],
      ['probe', 'deleted', true],
    ]);
    expect(row?.goneCaptureId).toBe(looks[2]?.id);
    expect((await fatesOf(base.db, id)).map((f) => [f.status, f.at, f.aliveAt])).toEqual([['deleted', dayAt(7), dayAt(3)]]);
    expect((await base.db.select().from(outbox)).filter((o) => o.topic === 'capture.shot').map((o) => o.payload)).toEqual([{ captureId: looks[2]?.id }]);
    expect(await watchRow(id)).toMatchObject({ nextAt: null, looks: 4, lastOutcome: 'deleted' });
  });

  it('that comes back is live again, and both times are kept', async () => {
    const { id, path: page } = await flaggedPost('a2');
    const alive = site.pages.get(page) as string;
    site.pages.set(page, 404);
    now = dayAt(1);
    await lookAgain();
    site.pages.set(page, alive.replace('入职交服装费', '入职交服装费三百元'));
    now = dayAt(3);
    await lookAgain();
    expect(await postRow(id)).toMatchObject({ status: 'live', goneAt: null, version: 2 });
    expect((await fatesOf(base.db, id)).map((f) => f.status)).toEqual(['live', 'deleted']);
    // what it says now is to be screened
    expect((await base.db.select().from(outbox)).filter((o) => o.topic === 'account.screen')).toHaveLength(1);
  });

  it('behind a wall is not called gone, and the whole platform waits until the host said', async () => {
    const [first, second] = [await flaggedPost('a3'), await flaggedPost('a4')];
    site.pages.set(first.path, 429);
    site.pages.set(second.path, 429);
    now = dayAt(1);
    await lookAgain();
    expect(site.asked).toHaveLength(1);
    expect(await isDue()).toBe(false);
    expect([(await postRow(first.id))?.status, (await postRow(second.id))?.status]).toEqual(['live', 'live']);
  });

  it('whose findings were dismissed and whose case is closed is left alone', async () => {
    const { id } = await flaggedPost('a5');
    await base.db.update(post).set({ level: 'none' }).where(eq(post.id, id));
    now = dayAt(1);
    await lookAgain();
    expect([site.asked, (await watchRow(id))?.nextAt]).toEqual([[], null]);
  });

  it('keeps its plan when it is screened again, and begins a new one when a newer version is flagged', async () => {
    const { id } = await flaggedPost('a6');
    await watchFlagged(base.db, [id], await revisited(base.db), dayAt(2));
    expect((await watchRow(id))?.nextAt).toEqual(dayAt(1));
    await base.db.update(post).set({ version: 2 }).where(eq(post.id, id));
    await watchFlagged(base.db, [id], await revisited(base.db), dayAt(2));
    expect((await watchRow(id))?.nextAt).toEqual(dayAt(3));
  });

  it('is looked at once more, and once only, after a kill in the middle of a look', async () => {
    const { id, path: page } = await flaggedPost('a7');
    const answer = site.pages.get(page) as string;
    site.pages.set(page, null);
    now = dayAt(1);
    const script = path.resolve(import.meta.dirname, '../../support/revisit-process.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, base.url, dir, site.host, now.toISOString()], { stdio: 'ignore' });
    await eventually('the look', 30_000, async () => (site.asked.length === 1 ? true : null));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    expect([await isDue(), (await base.db.select().from(capture)).length]).toEqual([true, 0]);
    site.pages.set(page, answer);
    await lookAgain();
    await lookAgain();
    expect([site.asked.length, (await base.db.select().from(capture)).length, (await watchRow(id))?.nextAt]).toEqual([2, 1, dayAt(3)]);
  });
});

describe('one account under two numbers', () => {
  const save = (platform: string, input: AccountInput) => saveAccount(base.db, { platform, input, url: null, now: START });
  const works = async (accountId: string, externalId: string): Promise<void> => {
    const input = { id: externalId, text: '招工' };
    await savePost(base.db, { accountId, platform: 'douyin', externalId, input, contentSha256: externalId, captureId: null, publishedAt: null, now: START });
  };
  const rows = async () =>
    (await base.db.select().from(account).orderBy(asc(account.platform), asc(account.status))).map((a) => [a.externalId.split(':')[0], a.status]);

  it('is one, whichever came first, stored under the number every page shows', async () => {
    const first = await save('douyin', { id: '77', name: '青岚招工' });
    expect(await save('douyin', { id: '77', name: '青岚招工', secUid: 'MS4w' })).toBe(first);
    expect(await save('douyin', { id: 'MS4w', name: '青岚招工', secUid: 'MS4w' })).toBe(first);
    // Seen by its lesser number again, under the same name.
    expect(await save('douyin', { id: '77', name: '青岚招工' })).toBe(first);
    const kuaishou = await save('kuaishou', { id: '3xabcdefgh', name: '青岚' });
    expect(await save('kuaishou', { id: '5', eid: '3xabcdefgh', name: '青岚' })).toBe(kuaishou);
    expect(await rows()).toEqual([
      ['MS4w', 'active'],
      ['3xabcdefgh', 'active'],
    ]);
  });

  it('joins what came under both before they were seen together, in bulk too', async () => {
    const byNumber = await save('douyin', { id: '77', name: '旧名' });
    const bySec = await save('douyin', { id: 'MS4w', secUid: 'MS4w', name: '新名' });
    await works(byNumber, 'w1');
    const both = { platform: 'douyin', input: { id: '77', secUid: 'MS4w', name: '新名' } };
    expect([...(await saveAccounts(base.db, [both], START)).values()]).toEqual([bySec]);
    expect((await base.db.select().from(post)).map((p) => p.accountId)).toEqual([bySec]);
    expect(await rows()).toEqual([
      ['MS4w', 'active'],
      ['joined', 'gone'],
    ]);
  });
});

describe('a board that a source declares', () => {
  it('takes part in looking again', async () => {
    expect(await revisited(base.db)).not.toContain('city-board');
    const board = { id: 'city-board' };
    await base.db
      .insert(source)
      .values({ id: newId(), platform: 'city-board', url: `${site.url}/`, name: '市招聘板', board, intervalHours: 24, nextDueAt: START, createdAt: START });
    const platforms = await revisited(base.db);
    expect(platforms).toEqual(expect.arrayContaining(['city-board', 'jsonld']));
    expect(platforms).not.toContain('zhipin');
  });
});

describe('a post that left its list', () => {
  const walkEnded = async (accountId: string, startedAt: Date): Promise<void> => {
    await addSources(base.db, [{ platform: 'jsonld', name: '站点', url: `${site.url}/` }], START);
    const [of] = await base.db.select().from(source);
    if (of) await lookForUnlisted(base.db, of, [accountId], startedAt, now);
  };
  it('is looked at by its own address at once, and not again until a list has shown it', async () => {
    const { id, accountId } = await flaggedPost('b1', 'none');
    now = dayAt(1);
    await walkEnded(accountId, now);
    await lookAgain();
    expect([site.asked, (await postRow(id))?.lastSeenAt]).toEqual([['/job/b1'], dayAt(1)]);
    now = dayAt(2);
    await walkEnded(accountId, now);
    expect(await isDue()).toBe(false);
    await base.db
      .update(post)
      .set({ lastSeenAt: dayAt(3) })
      .where(eq(post.id, id));
    now = dayAt(4);
    await walkEnded(accountId, now);
    expect(await isDue()).toBe(true);
  });
  it('is not looked at on another site than the source’s', async () => {
    const { id, accountId } = await flaggedPost('b2', 'none');
    await base.db.update(post).set({ url: 'http://elsewhere.example/job/b2' }).where(eq(post.id, id));
    now = dayAt(1);
    await walkEnded(accountId, now);
    expect([await isDue(), (await watchRow(id))?.lastAt]).toEqual([false, dayAt(1)]);
  });
  it('that the walk saw is not looked at', async () => {
    const { id, accountId } = await flaggedPost('b3', 'none');
    await base.db
      .update(post)
      .set({ lastSeenAt: dayAt(1) })
      .where(eq(post.id, id));
    now = dayAt(1);
    await walkEnded(accountId, dayAt(0.9));
    expect(await watchRow(id)).toBeUndefined();
  });
});

describe('how often a source is visited', () => {
  const only = async () => (await base.db.select().from(source))[0] as typeof source.$inferSelect;
  const hours = async (changed: boolean | null): Promise<number> => {
    await noteVisit(base.db, (await only()).id, { outcome: 'ok', changed, now });
    const { intervalHours, nextDueAt } = await only();
    expect(nextDueAt.getTime()).toBe(now.getTime() + intervalHours * 3_600_000);
    return intervalHours;
  };
  it('halves after a change, half as long again without one, between 12 hours and 14 days', async () => {
    await addSources(base.db, [{ platform: 'jsonld', name: '站点', url: `${site.url}/` }], START);
    expect([await hours(false), await hours(false), await hours(true), await hours(null)]).toEqual([36, 54, 27, 27]);
    for (let i = 0; i < 4; i += 1) await hours(true);
    expect(await hours(true)).toBe(12);
    for (let i = 0; i < 12; i += 1) await hours(false);
    expect(await hours(false)).toBe(336);
  });
  it('is every night for a source that shows an account under suspicion, whatever its interval', async () => {
    await addSources(base.db, [{ platform: 'jsonld', name: '站点', url: `${site.url}/` }], START);
    const { accountId } = await flaggedPost('c1');
    const { id } = await only();
    await base.db.update(source).set({ nextDueAt: dayAt(9) });
    expect(await sourcesToVisit(base.db, dayAt(1))).toEqual([]);
    await linkSource(base.db, id, [accountId], START);
    expect(await sourcesToVisit(base.db, dayAt(1))).toEqual([]);
    await base.db.update(account).set({ level: 'lead' });
    expect(await sourcesToVisit(base.db, dayAt(1))).toEqual([{ id }]);
    await base.db.update(source).set({ active: false });
    expect(await sourcesToVisit(base.db, dayAt(1))).toEqual([]);
  });
});
