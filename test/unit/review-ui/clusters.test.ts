/** The picture of a cluster: every row once, the same for the same cluster, and no more crossings than it began with. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, crossings, MOST_ROWS, orderRows, type ThingRow, thingRows } from '../../../review-ui/pages/clusters/layout.ts';
import { BIG_CLUSTER } from '../../support/desk-network.ts';

const ids = (n: number): string[] => Array.from({ length: n }, (_, i) => `a${String(i).padStart(2, '0')}`);
const rows = (n: number) =>
  fc
    .array(fc.uniqueArray(fc.constantFrom(...ids(n)), { minLength: 1, maxLength: 5 }), { maxLength: 12 })
    .map((all) =>
      all.map((holders, i): ThingRow => ({ key: `t${i}`, kind: 'phone', label: '1', n: 1, holders: holders.map((accountId) => ({ accountId, own: true })) })),
    );

describe('the picture of a cluster', () => {
  it('orders every row once, whatever order they come in, with no more crossings than before', () => {
    fc.assert(
      fc.property(rows(10), fc.shuffledSubarray(ids(10), { minLength: 10 }), (things, accounts) => {
        const order = orderRows(accounts, things);
        expect([...order.accounts].sort()).toEqual(ids(10));
        expect([...order.things].sort()).toEqual(things.map((t) => t.key).sort());
        expect(orderRows(ids(10), [...things].reverse())).toEqual(order);
        const before = { accounts: ids(10), things: things.map((t) => t.key).sort() };
        expect(crossings(order, things)).toBeLessThanOrEqual(crossings(before, things));
      }),
    );
  });

  it('untangles two parties that share nothing', () => {
    const ring = (key: string, ...holders: string[]): ThingRow => ({
      key,
      kind: 'phone',
      label: '1',
      n: 1,
      holders: holders.map((accountId) => ({ accountId, own: true })),
    });
    const things = [ring('t0', 'a00', 'a02', 'a04'), ring('t1', 'a01', 'a03', 'a05')];
    expect(crossings({ accounts: ids(6), things: ['t0', 't1'] }, things)).toBeGreaterThan(0);
    expect(crossings(orderRows(ids(6), things), things)).toBe(0);
  });

  it('takes copied texts and pictures of the same accounts for one row, leaves ignored things out, and stays short', () => {
    const told = thingRows(BIG_CLUSTER.things).map((row) => [row.kind, row.n]);
    expect(told.filter(([, n]) => n !== 1)).toEqual([
      ['picture', 2],
      ['text', 3],
    ]);
    const ignored = BIG_CLUSTER.things.map((thing) => ({ ...thing, ignored: { by: 'x', at: '', reason: 'y' } }));
    expect(thingRows(ignored)).toEqual([]);
    const many = Array.from({ length: 60 }, (_, i) => ({ ...BIG_CLUSTER.things[1]!, id: `t${i}` }));
    expect(thingRows(many)).toHaveLength(MOST_ROWS);
  });

  it('cuts names where the room ends, Latin letters taking half', () => {
    expect([clip('渡口招工速递', 200), clip('渡口招工速递', 40), clip('abcdef', 46), clip('', 10)]).toEqual(['渡口招工速递', '渡口招…', 'abcdef', '']);
  });
});
