/**
 * Nights as hosts make them: killed again and again, asked to come back later, refused, walled and changed. What is left
 * to visit stands in the store, so each goes on where it was.
 */
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localDate, systemClock } from '../../../core/clock.ts';
import { newId } from '../../../core/ids.ts';
import { unlistedPosts } from '../../../db/repositories/revisit.ts';
import { endAccount, planAccounts, startRun } from '../../../db/repositories/run.ts';
import { account, capture, host, outbox, post, ruleAlarm, ruleNight, run, runAccount, runAlarm, source } from '../../../db/schema/index.ts';
import { settleSparingly } from '../../../queue/runs.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type HostileServer, type Route, startHostileServer } from '../../support/hostile-server.ts';
import { killedNight } from '../../support/killed-night.ts';
import { type NightWorld, nightWorld } from '../../support/night-world.ts';
import { jobPage } from '../../support/revisit-world.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.close());

describe('a night killed five times', () => {
  it('loses no page and asks for none twice but those under way at a kill', async () => {
    const night = await killedNight(database, { boards: 4, perBoard: 150, pageChars: 300, kills: 5, patienceMs: 240_000 });
    expect([night.lost, night.unsealed, night.left]).toEqual([[], 0, 0]);
    expect([night.needless, night.doubled, night.crashes, night.counted]).toEqual([[], 0, 0, night.urls]);
    expect(night.tasks).toEqual(Array.from({ length: 4 }, () => ({ state: 'done', outcome: 'ok' })));
    expect(night.again).toBeLessThanOrEqual(night.kills * night.walks);
    expect([night.evidence.first, night.evidence.captures.sound]).toEqual([null, night.urls]);
  }, 300_000);
});

describe('a walk that met more accounts than a statement takes parameters', () => {
  it('has all of them screened, and is settled only when the last one was', async () => {
    const { db } = database;
    const ctx = { db, clock: systemClock };
    const { runId } = await startRun(db, { kind: 'demand', runDate: '2026-11-24', by: 'test', now: new Date(), sourceIds: [] });
    const many = Array.from({ length: 70_000 }, () => newId());
    expect(await unlistedPosts(db, { accountIds: many, platform: 'jsonld', since: new Date(), limit: 5 })).toEqual([]);
    // Four values each: more than 65,535.
    const ids = many.slice(0, 17_000);
    await planAccounts(db, runId, ids);
    const states = await db.select({ state: runAccount.state, n: sql<number>`count(*)::int` }).from(runAccount).groupBy(runAccount.state);
    expect(states).toEqual([{ state: 'pending', n: ids.length }]);
    const [last = '', ...others] = ids;
    await db
      .update(runAccount)
      .set({ state: 'done' })
      .where(sql`${runAccount.accountId} = any(${sql.param(others)}::uuid[])`);
    // The second is too soon to sum up again, and must yet see what is left, and then that nothing is.
    expect([await settleSparingly(ctx, runId), await settleSparingly(ctx, runId)]).toEqual(['running', 'running']);
    await endAccount(db, runId, last, 'done', {}, new Date());
    expect(await settleSparingly(ctx, runId)).toBe('done');
    const [row] = await db.select({ state: run.state, counts: run.counts }).from(run);
    expect(row).toMatchObject({ state: 'done', counts: { accountsPlanned: ids.length, accountsDone: ids.length } });
  });
});

const board = (main: string): string => `<!DOCTYPE html><html><head><title>演示板</title></head><body>${main}</body></html>`;
const page =
  (body: string): Route =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body);
const list = (ids: string): Route =>
  page(
    board(`<ul class="job-list">${[...ids].map((id) => `<li class="job-card"><a class="job-link" href="/job/${id}.html">岗位 ${id}</a></li>`).join('')}</ul>`),
  );
const job = (id: string, text = `说明 ${id}`): Route =>
  page(board(`<article class="job" data-job-id="${id}"><h1 class="job-title">岗位 ${id}</h1><div class="job-text"><p>${text}</p></div></article>`));
/** A board with these jobs, which answers as `instead` says where it says something. */
const boardOf = (ids: string, instead: Record<string, Route> = {}): Record<string, Route> => ({
  '/jobs': list(ids),
  ...Object.fromEntries([...ids].map((id) => [`/job/${id}.html`, job(id)])),
  ...instead,
});

describe('a night among hosts', () => {
  let sites: HostileServer[] = [];
  let world: NightWorld | null = null;
  afterEach(async () => {
    await world?.close();
    await Promise.all(sites.map((one) => one.close()));
    [sites, world] = [[], null];
  });
  const begin = async (...routes: Record<string, Route>[]) => {
    sites = await Promise.all(routes.map(startHostileServer));
    const made = nightWorld(
      database.db,
      sites.map(({ port }) => `127.0.0.1:${port}`),
    );
    world = made;
    const [first, second] = sites as [HostileServer, HostileServer];
    return { ...made, first, second, asked: () => first.hits.filter((path) => path !== '/robots.txt').join(' ') };
  };
  const alarms = () => database.db.select({ pages: runAlarm.pages, missing: runAlarm.missing, platform: runAlarm.platform }).from(runAlarm);

  it('keeps a page that says what the store refuses as one nobody could read, and goes on', async () => {
    const { first, ...night } = await begin(boardOf('abc'));
    await night.add(`${first.origin}/jobs`);
    await database.pool.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no such date' using errcode = '22008'; end $$;
      create trigger refused before insert on post for each row when (new.external_id = 'b') execute function refuse()`);
    expect(await night.night()).toMatchObject([{ state: 'done', outcome: 'ok' }]);
    const looks = await database.db
      .select({ url: capture.url, outcome: capture.outcome, sealed: capture.sha256 })
      .from(capture)
      .where(eq(capture.kind, 'post'));
    expect(looks.map(({ url, outcome, sealed }) => [new URL(url).pathname, outcome, sealed !== null])).toEqual([
      ['/job/a.html', 'ok', true],
      ['/job/b.html', 'parse_drift', true],
      ['/job/c.html', 'ok', true],
    ]);
    expect(await night.waiting()).toEqual([]);
  });

  it('is held against the nights before also when a walk that met nobody ends it', async () => {
    const day = (back: number): string => localDate(new Date(Date.now() - back * 86_400_000));
    const told = (posts: number, rule: string, back: number) => ({ day: day(back), platform: 'feed', rule, version: rule === '' ? 0 : 1, posts });
    await database.db
      .insert(ruleNight)
      .values(Array.from({ length: 12 }, (_, back) => [told(1_000, '', back), told(back === 0 ? 120 : 20 + (back % 4), 'gender.only-male', back)]).flat());
    const { first, ...night } = await begin({});
    await night.add(`${first.origin}/jobs`);
    await night.night();
    expect(await database.db.select({ rule: ruleAlarm.rule, hits: ruleAlarm.hits }).from(ruleAlarm)).toEqual([{ rule: 'gender.only-male', hits: 120 }]);
  });

  it('has every account screened whose posts a page shows', async () => {
    const jobs = (...names: string[]): Route => page(names.map((name) => jobPage(name, `入职交服装费 ${name}`).replace('云汀仓储有限公司', name)).join(''));
    const { first, ...night } = await begin({ '/all': jobs('云汀物流公司', '河埠家政公司', '石塘食品公司') });
    await night.add(`${first.origin}/all`, 'jsonld');
    await night.night();
    const names = await database.db.select({ name: account.name }).from(runAccount).innerJoin(account, eq(account.id, runAccount.accountId));
    expect(names.map(({ name }) => name).sort()).toEqual(['云汀物流公司', '石塘食品公司', '河埠家政公司'].sort());
    const asked = await database.db.select({ payload: outbox.payload }).from(outbox).where(eq(outbox.topic, 'account.screen'));
    expect(new Set(asked.map(({ payload }) => payload['accountId'])).size).toBe(3);
  });

  it('that asks to come back in an hour is left alone for an hour with all its addresses, which costs no try, no night and no account', async () => {
    let refuse = true;
    const later: Route = (request, response) => {
      if (!refuse) return job('b')(request, response);
      response.writeHead(429, { 'retry-after': '3600' }).end();
    };
    const { first, second, asked, ...night } = await begin(boardOf('abc', { '/job/b.html': later }), boardOf('x'));
    await night.add(`${first.origin}/jobs`);
    await night.add(`${second.origin}/jobs`);
    const [parked, other] = await night.night();
    expect(asked()).toBe('/jobs /job/a.html /job/b.html');
    expect([parked?.state, other]).toMatchObject(['working', { state: 'done', outcome: 'ok' }]);
    const minutes = ((parked?.resumeAt?.getTime() ?? 0) - Date.now()) / 60_000;
    expect(Math.round(minutes)).toBe(60);
    expect(parked?.detail).toContain('稍后再来');
    expect(await night.waiting()).toEqual([
      { path: '/job/b.html', tries: 0, refusals: 1, nights: 0 },
      { path: '/job/c.html', tries: 0, refusals: 0, nights: 0 },
    ]);
    refuse = false;
    // Half an hour is not an hour.
    await night.hoursPass(0.5);
    await night.night();
    expect(asked()).toBe('/jobs /job/a.html /job/b.html');
    await night.hoursPass(0.51);
    expect((await night.night())[0]).toMatchObject({ state: 'done', outcome: 'ok' });
    expect(asked()).toBe('/jobs /job/a.html /job/b.html /job/b.html /job/c.html');
    expect(await night.waiting()).toEqual([]);
    expect(new Set((await database.db.select({ status: account.status }).from(account)).map(({ status }) => status))).toEqual(new Set(['active']));
  });

  it('that refused for fifteen minutes is left alone till the next night, which takes up what was left', async () => {
    let refuse = true;
    const stonewall: Route = (request, response) => {
      if (!refuse) return job('b')(request, response);
      // As if it had refused everything for sixteen minutes.
      void database.db
        .update(host)
        .set({ refusedSince: sql`clock_timestamp() - interval '16 minutes'` })
        .where(sql`${host.robotsStatus} is null`)
        .then(() => response.writeHead(429).end());
    };
    const { first, asked, ...night } = await begin(boardOf('abcd', { '/job/b.html': stonewall }));
    await night.add(`${first.origin}/jobs`);
    const [ended] = await night.night();
    expect(asked()).toBe('/jobs /job/a.html /job/b.html');
    expect(ended).toMatchObject({ state: 'done', outcome: 'host_paused' });
    const hours = async (): Promise<number> => (((await night.pace()).backoffUntil?.getTime() ?? 0) - Date.now()) / 3_600_000;
    expect(await hours()).toBeGreaterThan(11);
    const left = (await night.waiting()).map(({ path, nights }) => [path, nights]);
    expect(left).toEqual([
      ['/job/b.html', 0],
      ['/job/c.html', 0],
      ['/job/d.html', 0],
    ]);
    // Due by the next night, whatever its interval.
    const [due] = await database.db.select({ at: source.nextDueAt }).from(source);
    expect((due?.at.getTime() ?? 0) - Date.now()).toBeLessThan(12.1 * 3_600_000);
    // A run in between asks nothing and loses nothing.
    refuse = false;
    await night.hoursPass(1);
    expect(await night.night()).toMatchObject([{ outcome: 'host_paused' }]);
    expect(asked()).toBe('/jobs /job/a.html /job/b.html');
    expect((await night.waiting()).map(({ path }) => path)).toEqual(expect.arrayContaining(['/job/b.html', '/job/c.html', '/job/d.html']));
    await night.hoursPass(11.5);
    expect(await night.night()).toMatchObject([{ state: 'done', outcome: 'ok' }]);
    const [, , , ...next] = asked().split(' ');
    expect(next).toEqual(expect.arrayContaining(['/job/b.html', '/job/c.html', '/job/d.html']));
    expect(await night.waiting()).toEqual([]);
    expect(await night.pace()).toMatchObject({ refusedSince: null, delayMs: 0 });
  });

  it.each([
    ['a captcha', 'captcha', page('<!DOCTYPE html><html><head><title>安全验证</title></head><body>请完成验证</body></html>')],
    ['a 403', 'login_wall', ((_request, response) => void response.writeHead(403).end('no')) satisfies Route],
  ])('that puts up %s is slowed down and left for the night; the walled address comes last in the next', async (_name, outcome, wall) => {
    let walled = true;
    const { first, asked, ...night } = await begin(boardOf('abc', { '/job/a.html': (q, r) => (walled ? wall(q, r) : job('a')(q, r)) }));
    await night.add(`${first.origin}/jobs`);
    expect(await night.night()).toMatchObject([{ state: 'done', outcome }]);
    expect(asked()).toBe('/jobs /job/a.html');
    const pace = await night.pace();
    expect(pace.delayMs).toBe(2_000);
    expect(pace.backoffUntil?.getTime()).toBeGreaterThan(pace.refusedSince?.getTime() ?? Number.POSITIVE_INFINITY);
    expect((await night.waiting()).map(({ path, nights }) => [path, nights])).toEqual([
      ['/job/a.html', 1],
      ['/job/b.html', 0],
      ['/job/c.html', 0],
    ]);
    walled = false;
    await night.hoursPass(20);
    expect(await night.night()).toMatchObject([{ state: 'done', outcome: 'ok' }]);
    expect(asked()).toBe('/jobs /job/a.html /job/b.html /job/c.html /jobs /job/a.html');
    expect(await night.pace()).toMatchObject({ delayMs: 0, refusedSince: null });
  });

  it.each([
    ['closed', '', 'robots_denied'],
    ['open', '/jobs /job/a.html', 'ok'],
  ] as const)('that answers with a page for robots.txt is %s when the source says so', async (robotsPage, pages, outcome) => {
    const { first, asked, ...night } = await begin(boardOf('a', { '/robots.txt': page('<html><body>首页</body></html>') }));
    await night.add(`${first.origin}/jobs`, 'sandbox-board', robotsPage);
    expect(await night.night()).toMatchObject([{ state: 'done', outcome }]);
    expect([asked(), first.hits[0]]).toEqual([pages, '/robots.txt']);
  });

  // The list counts as a page, too: one of five, and one of four.
  it.each([
    ['a fifth', 'abcd', []],
    ['more than a fifth', 'abc', [{ platform: 'sandbox-board', pages: 4, missing: 1 }]],
  ])('of whose pages %s lacks required fields', async (_share, ids, raised) => {
    const { first, ...night } = await begin(boardOf(ids, { '/job/b.html': job('b', '') }));
    await night.add(`${first.origin}/jobs`);
    await night.night();
    const drifted = await database.db.select({ url: capture.url }).from(capture).where(eq(capture.outcome, 'parse_drift'));
    expect(drifted).toEqual([{ url: `${first.origin}/job/b.html` }]);
    expect(await alarms()).toEqual(raised);
  });

  it('on whose page one post of two lacks required fields keeps the other, says so, and counts as drift', async () => {
    const card = (id: string, text: string): string =>
      `<article class="feed-card" data-id="${id}"><h3 class="feed-card__title"><a class="feed-card__link" href="/p/${id}">传单 ${id}</a></h3><div class="feed-card__text">${text}</div></article>`;
    const drawn = `<!DOCTYPE html><html><head><meta name="feed-seed" content="s"></head><body><div id="app" data-state="ready"><section class="feed-profile" data-id="u"><h1 class="feed-profile__name">小岚</h1></section>${card('1', '日结')}${card('2', '')}</div></body></html>`;
    const { first, ...night } = await begin({ '/u/u': page(drawn) });
    await night.add(`${first.origin}/u/u`, 'sandbox-feed');
    expect(await night.night()).toMatchObject([{ outcome: 'ok' }]);
    const [look] = await database.db.select({ outcome: capture.outcome, reason: capture.reason }).from(capture);
    expect(look).toEqual({ outcome: 'ok', reason: '缺少字段: body ×1' });
    expect(await database.db.select({ title: post.title }).from(post)).toEqual([{ title: '传单 1' }]);
    expect(await alarms()).toEqual([{ platform: 'sandbox-feed', pages: 1, missing: 1 }]);
  });
});
