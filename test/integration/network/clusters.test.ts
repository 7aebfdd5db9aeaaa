/** Linking and clusters on a real store: what is shared is found, kept, and changed as accounts change; nothing is done twice. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { canonicalJson, sha256 } from '../../../core/digest.ts';
import type { PostInput } from '../../../core/model/post.ts';
import { markBanned, saveAccount, savePost } from '../../../db/repositories/content.ts';
import { textsOfPosts } from '../../../db/repositories/texts.ts';
import { clusterDirty } from '../../../queue/clustering.ts';
import { linkAccountsNow, linkAll, linkingWaits, sharedWithBannedParties } from '../../../queue/linking.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const ADVERT =
  '本厂长期招收装配操作工若干名，坐着上班，恒温车间，提供食堂和四人间宿舍，每月十五日准时发放工资，满勤另有奖金，表现突出者可转为正式班组长。有意者请携带本人身份证到厂区东门保安室登记，由人事老师统一安排参观车间和宿舍后再决定是否入职。';
const OTHER =
  '社区面包房寻找一位早班烘焙师傅，负责和面、整形与出炉，凌晨四点半开工，中午便可回家。我们用天然酵种，不加改良剂，客人多是附近的老街坊。若您喜欢安静地做事，欢迎在下午打烊以后过来试做一炉，再慢慢谈待遇和休息日的安排。';

let base: TestDatabase;
beforeAll(async () => {
  base = await freshDatabase();
});
afterAll(() => base.close());
beforeEach(async () => {
  const tables =
    'network_thing, network_holding, text_group, text_band, post_text, network_account, cluster_event, cluster_member, cluster, setting, post_version, post, account';
  await base.db.execute(sql.raw(`truncate ${tables} cascade`));
});
const ctx = () => ({ db: base.db, clock: systemClock });

const account = (id: string, over: Record<string, unknown> = {}): Promise<string> =>
  saveAccount(base.db, { platform: 'p', input: { id, name: id, ...over }, url: null, now: new Date('2026-11-01T00:00:00Z') });
let serial = 0;
async function post(accountId: string, input: PostInput, at = '2026-11-02T00:00:00Z', externalId?: string): Promise<string> {
  serial += 1;
  const content = { contentSha256: sha256(canonicalJson(input)), captureId: null, publishedAt: new Date(at), now: new Date('2026-11-03T00:00:00Z') };
  const { postId } = await savePost(base.db, { accountId, platform: 'p', externalId: externalId ?? `x${serial}`, input, ...content });
  return postId;
}
const link = async (...ids: string[]): Promise<number> => {
  for (const id of ids) await linkAccountsNow(ctx(), [id]);
  return clusterDirty(ctx());
};
const rows = async <T extends Record<string, unknown>>(query: string): Promise<T[]> => (await base.pool.query<T>(query)).rows;
const live = async (): Promise<{ id: string; accounts: string[] }[]> =>
  rows(`select c.id, array_agg(a.external_id order by a.external_id) as accounts from cluster c join cluster_member m on m.cluster_id = c.id
    join account a on a.id = m.account_id where c.state = 'live' group by c.id order by 2`);
const events = (): Promise<{ action: string; size: number }[]> => rows('select action, size from cluster_event order by id');
const caller = async (id: string, phone: string, over: Record<string, unknown> = {}): Promise<string> => {
  const made = await account(id, over);
  await post(made, { text: `招装配工，电话${phone}` });
  return made;
};

describe('texts that repeat', () => {
  it('are one group with who was first, and are compared once', async () => {
    const [one, two] = [await account('one'), await account('two')];
    const late = await post(one, { text: `${ADVERT}电话13800001111`, company: '云汀市澄禾电子有限公司' }, '2026-11-02T09:00:00Z');
    const early = await post(two, { text: `急招！${ADVERT}电话13900002222`, company: '霁州市栎川食品有限公司' }, '2026-11-01T09:00:00Z');
    await post(two, { text: OTHER });
    await link(one, two);
    expect((await textsOfPosts(base.db, [late])).get(late)).toMatchObject({ posts: 2, accounts: 2, employers: 2, firstAccountId: two, firstPostId: early });
    expect(await rows('select 1 from text_group')).toHaveLength(2);
    const before = await rows('select * from post_text order by post_id');
    await link(one, two);
    expect(await rows('select * from post_text order by post_id')).toEqual(before);
  });

  it('of an account with very many posts are compared part by part: told to end, the parts that were are kept, and none counts twice', async () => {
    const many = await account('many');
    await base.pool.query(
      `insert into post (id, account_id, platform, external_id, title, text, input, published_at, status, content_sha256, version, first_seen_at, last_seen_at)
       select gen_random_uuid(), $1, 'p', 'many' || n, '', t, jsonb_build_object('text', t), now(), 'live', n::text, 1, now(), now()
       from generate_series(1, 2100) n cross join lateral (select case when n % 3 = 0 then $2 else '招工' end as t) t`,
      [many, ADVERT],
    );
    const compared = async () => (await rows<{ n: number }>('select count(*)::int as n from post_text'))[0]?.n;
    const byPages = { ...ctx(), mostPages: 2 };
    await expect(linkAccountsNow(byPages, [many], AbortSignal.abort())).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(await compared()).toBe(800);
    await linkAccountsNow(byPages, [many]);
    expect(await compared()).toBe(2_100);
    expect(await rows(`select g.posts, h.posts as held from text_group g join network_holding h on h.thing_id = g.id`)).toEqual([{ posts: 700, held: 700 }]);
  });

  it('follow a post that changes its words, and keep the counts of both groups', async () => {
    const [one, two] = [await account('one'), await account('two')];
    await post(one, { text: ADVERT });
    const moved = await post(two, { text: ADVERT }, undefined, 'moving');
    await link(one, two);
    await post(two, { text: OTHER }, undefined, 'moving');
    await link(two);
    expect(await rows('select posts from text_group order by posts')).toEqual([{ posts: 1 }, { posts: 1 }]);
    expect((await textsOfPosts(base.db, [moved])).get(moved)).toMatchObject({ posts: 1, accounts: 1 });
  });
});

describe('clusters', () => {
  it('gather accounts that share a number, keep their id over nights, and write nothing when nothing changed', async () => {
    const ids = [await caller('a', '13800001111'), await caller('b', '13800001111'), await caller('c', '13900002222')];
    await link(...ids);
    const first = await live();
    expect(first.map((c) => c.accounts)).toEqual([['a', 'b']]);
    expect(await link(...ids)).toBe(0);
    await post(ids[2] as string, { text: '另招质检，电话13800001111' });
    await link(ids[2] as string);
    expect(await live()).toEqual([{ id: first[0]?.id, accounts: ['a', 'b', 'c'] }]);
    expect(await events()).toEqual([
      { action: 'formed', size: 2 },
      { action: 'joined', size: 3 },
    ]);
  });

  it('merge into the larger one, and say so', async () => {
    const left = [await caller('a', '13800001111'), await caller('b', '13800001111'), await caller('c', '13800001111')];
    const right = [await caller('d', '13900002222'), await caller('e', '13900002222')];
    await link(...left, ...right);
    const [big, small] = await live();
    await post(right[0] as string, { text: '也可拨打电话13800001111' });
    await link(right[0] as string);
    expect(await live()).toEqual([{ id: big?.id, accounts: ['a', 'b', 'c', 'd', 'e'] }]);
    expect(await rows(`select state, merged_into from cluster where id = '${small?.id}'`)).toEqual([{ state: 'merged', merged_into: big?.id }]);
    expect((await events()).at(-1)).toEqual({ action: 'merged', size: 5 });
  });

  it('come apart when what joined them turns out to be everybody’s, and say so', async () => {
    const pair = [await caller('a', '13800001111'), await caller('b', '13800001111')];
    await link(...pair);
    expect(await live()).toHaveLength(1);
    const crowd: string[] = [];
    for (let n = 0; n < 10; n += 1) crowd.push(await caller(`crowd${n}`, '13800001111'));
    await link(...crowd);
    expect(await live()).toEqual([]);
    expect((await events()).at(-1)).toMatchObject({ action: 'dissolved', size: 0 });
    expect(await rows('select 1 from cluster_member')).toEqual([]);
  });

  it('hold the many accounts of one party together, however many they are', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 60; n += 1) ids.push(await account(`branch${String(n).padStart(2, '0')}`, { subjectName: '云汀市澄禾信息咨询有限公司' }));
    await link(...ids);
    expect((await live()).map((c) => c.accounts.length)).toEqual([60]);
    expect(await rows("select accounts, entities from network_thing where kind = 'subject'")).toEqual([{ accounts: 60, entities: 1 }]);
  });

  it('are the same whether accounts are linked one by one or all at once, and a kill between loses nothing', async () => {
    const ids = [await caller('a', '13800001111'), await caller('b', '13800001111'), await caller('c', '13900002222'), await caller('d', '13900002222')];
    await link(...ids);
    const grouped = (await live()).map((c) => c.accounts);
    await base.db.execute(sql.raw('truncate network_thing, network_holding, network_account, cluster_event, cluster_member, cluster cascade'));
    await base.db.execute(sql.raw('truncate text_group, text_band, post_text'));
    expect(await linkingWaits(base.db)).toBe(true);
    const stopped = new AbortController();
    stopped.abort();
    expect(await linkAll(ctx(), stopped.signal)).toBe(false);
    expect(await linkAll(ctx())).toBe(true);
    expect(await linkingWaits(base.db)).toBe(false);
    await clusterDirty(ctx());
    expect((await live()).map((c) => c.accounts)).toEqual(grouped);
  });

  it('keep no number in the clear', async () => {
    await link(await caller('a', '13800001111', { description: '客服微信 abcd12345' }));
    const stored = JSON.stringify([await rows('select * from network_thing'), await rows('select * from network_holding')]);
    expect(stored).toContain('138****1111');
    expect(stored).not.toMatch(/13800001111|abcd12345/);
  });

  it('stand two linkings of the same things at once', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push(await caller(`a${n}`, n % 2 ? '13800001111' : '13900002222', { subjectName: '云汀市澄禾信息咨询有限公司' }));
    await Promise.all([
      Promise.all(ids.slice(0, 6).map((id) => linkAccountsNow(ctx(), [id]))),
      Promise.all(ids.slice(6).map((id) => linkAccountsNow(ctx(), [id]))),
    ]);
    await clusterDirty(ctx());
    expect((await live()).map((c) => c.accounts.length)).toEqual([12]);
    expect(await rows("select accounts from network_thing where kind = 'subject'")).toEqual([{ accounts: 12 }]);
  });
});

describe('a banned party', () => {
  it('is found again by number, code of a picture, or texts, though it was never linked before', async () => {
    const banned = await caller('old', '13800001111', { description: '热线13800001111' });
    for (const n of [1, 2, 3]) await post(banned, { text: `${ADVERT.slice(n * 35)}${OTHER.slice(0, n * 35)}` });
    const shown = await post(banned, { text: '详情见图' });
    await base.db.transaction((tx) => markBanned(tx, banned, '上月列入'));
    const caught = await caller('new', '13800001111');
    const poster = await account('poster');
    const picture = await post(poster, { text: '岗位见图' });
    for (const [id, sha] of [
      [shown, 'same'],
      [picture, 'nearly'],
    ])
      await base.db.execute(sql`insert into post_picture (post_id, position, url, capture_id, sha256) values (${id}, 0, 'u', ${id}, ${sha})`);
    await base.db.execute(
      sql`insert into picture_reading (sha256, engine, outcome, width, height, turn, lines, codes, look, elapsed_ms, read_at)
        values ('same', 'e@1', 'ok', 600, 600, 0, '[]', '[{"payload":"https://u.wechat.example/abc","kind":"wechat-person","box":[0,0,0,0,0,0,0,0]}]', '0123456789abcdef', 1, now())`,
    );
    await base.db.execute(
      sql`insert into picture_reading select 'nearly', engine, outcome, reason, format, width, height, turn, lines, codes, '0123456789abcdec', 1, read_at from picture_reading`,
    );
    const writer = await account('writer');
    for (const n of [1, 2, 3]) await post(writer, { text: `急！${ADVERT.slice(n * 35)}${OTHER.slice(0, n * 35)}` });
    await link(caught, poster, writer);
    const by = async (id: string) => ((await sharedWithBannedParties(base.db, [id])).get(id) ?? []).map((s) => [s.party.name, s.by, s.weight >= 0.5]);
    expect(await by(caught)).toEqual([['old', 'contact', true]]);
    expect((await by(poster)).sort()).toEqual([
      ['old', 'contact', true],
      ['old', 'picture', false],
    ]);
    expect(await by(writer)).toEqual([['old', 'text', true]]);
  });
});
