/** Clusters at the API: the list, one cluster, an account's share in it, and a shared thing taken off as a link. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountParty, clusterPage, clusterView } from '../../../core/model/api-network.ts';
import { markBanned } from '../../../db/repositories/content.ts';
import { clusterDirty } from '../../../queue/clustering.ts';
import { linkAccountsNow } from '../../../queue/linking.ts';
import { addCase, makeWorld, type World } from '../api/world.ts';

let world: World;
let accounts: string[] = [];
let ann: Awaited<ReturnType<World['client']>>;
beforeAll(async () => {
  world = await makeWorld();
  ann = await world.client('ann');
  const now = world.clock.now();
  const made = [await addCase(world.db, now, { name: '快捷招工13800131234', priority: 80 }), await addCase(world.db, now, { name: '老友招工', priority: 60 })];
  accounts = made.map((one) => one.accountId);
  await world.db.transaction((tx) => markBanned(tx, accounts[1] as string, '上月列入'));
});
afterAll(() => world.close());

const gather = async (): Promise<void> => {
  for (const id of accounts) await linkAccountsNow(world, [id]);
  await clusterDirty(world);
};
const clusters = async () => clusterPage.parse((await ann.get('/clusters')).json());

describe('clusters at the desk', () => {
  it('are none before anybody is linked', async () => {
    expect(await clusters()).toEqual({ items: [], nextCursor: null });
    expect(accountParty.parse((await ann.get(`/accounts/${accounts[0]}/party`)).json())).toEqual({ cluster: null, same: [], reposts: [], ignored: [] });
  });

  it('are listed with who, what they share, and how many are banned; numbers masked everywhere', async () => {
    await gather();
    const answer = await ann.get('/clusters');
    expect(answer.body).not.toContain('13800131234');
    const [row] = clusterPage.parse(answer.json()).items;
    expect(row).toMatchObject({ size: 2, topScore: 80, banned: 1, platforms: ['board'] });
    expect(row?.accounts.map((a) => a.score)).toEqual([80, 60]);
    expect(row?.shared.map((s) => [s.kind, s.accounts])).toEqual([
      ['subject', 2],
      ['phone', 2],
    ]);
  });

  it('show their accounts with cases, things with the posts they stand in, and history', async () => {
    const [row] = (await clusters()).items;
    const answer = await ann.get(`/clusters/${row?.id}`);
    expect(answer.body).not.toContain('13800131234');
    const view = clusterView.parse(answer.json());
    expect(view.accounts.map((a) => [a.id, a.banned, a.case !== null])).toEqual([
      [accounts[0], false, true],
      [accounts[1], true, true],
    ]);
    const phone = view.things.find((thing) => thing.kind === 'phone');
    expect(phone).toMatchObject({ label: '138****1234', accounts: 2, parties: 1, ignored: null });
    expect(phone?.holders.map((h) => [h.own, h.postId !== null])).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(view.events.map((e) => [e.action, e.size, e.accounts.length])).toEqual([['formed', 2, 2]]);
  });

  it('are told on the page of each account', async () => {
    const party = accountParty.parse((await ann.get(`/accounts/${accounts[0]}/party`)).json());
    expect(party.cluster).toMatchObject({ size: 2 });
    expect(party.same).toMatchObject([{ id: accounts[1], banned: true, shared: [{ kind: 'subject' }, { kind: 'phone', label: '138****1234' }] }]);
  });

  it('come apart when a person says that what they share is no link, with reason and audit, and come back', async () => {
    const [row] = (await clusters()).items;
    const { things } = clusterView.parse((await ann.get(`/clusters/${row?.id}`)).json());
    expect((await ann.post(`/shared-things/${things[0]?.id}`, { ignore: true, reason: '' })).statusCode).toBe(400);
    expect((await (await world.client('bob')).post(`/shared-things/${things[0]?.id}`, { ignore: true, reason: 'x' })).statusCode).toBe(403);
    expect((await ann.post(`/shared-things/${accounts[0]}`, { ignore: true, reason: 'x' })).statusCode).toBe(404);
    for (const { id } of things) expect((await ann.post(`/shared-things/${id}`, { ignore: true, reason: '园区总机' })).json()).toEqual({ ok: true });
    await gather();
    expect((await clusters()).items).toEqual([]);
    const gone = clusterView.parse((await ann.get(`/clusters/${row?.id}`)).json());
    expect([gone.state, gone.size, gone.events[0]?.action]).toEqual(['dissolved', 0, 'dissolved']);
    const party = accountParty.parse((await ann.get(`/accounts/${accounts[0]}/party`)).json());
    expect(party.ignored.map((one) => one.reason)).toEqual(things.map(() => '园区总机'));
    for (const { id } of things) await ann.post(`/shared-things/${id}`, { ignore: false, reason: '确属同一主体' });
    await gather();
    expect((await clusters()).items).toMatchObject([{ size: 2 }]);
  });

  it('answer only those who may read accounts, and name what is missing', async () => {
    expect((await world.api.inject({ url: '/api/v1/clusters' })).statusCode).toBe(401);
    expect((await ann.get(`/clusters/${accounts[0]}`)).statusCode).toBe(404);
    expect((await ann.get('/clusters/not-an-id')).statusCode).toBe(400);
    expect((await ann.get('/clusters?cursor=nonsense')).json().error.details.field).toBe('cursor');
  });
});
