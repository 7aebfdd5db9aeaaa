/** Links between accounts: shared contacts, near-duplicate texts, and banned parties that come back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contactsOf, maskedContact, postContacts } from '../../../classifiers/network/contacts.ts';
import { groupLooks, lookDistance, lookKeys } from '../../../classifiers/network/group-looks.ts';
import { groupTexts, readText } from '../../../classifiers/network/group-texts.ts';
import { LINKED, linkWeight, type SharedThing, worthAt } from '../../../classifiers/network/link.ts';
import { packSignature, signatureOf, similarity, unpackSignature } from '../../../classifiers/network/minhash.ts';
import { type Before, type Regrouping, regroup } from '../../../classifiers/network/regroup.ts';
import { thingId, thingsOf } from '../../../classifiers/network/things.ts';
import type { ThingKind } from '../../../core/model/network.ts';
import { generateWorld } from '../../../sandbox/generate.ts';
import { loadTexts } from '../../../sandbox/texts/load.ts';
import { type LinkedAccount, linkInMemory } from '../../support/linked-accounts.ts';

const ADVERT =
  '本厂长期招收装配操作工若干名，坐着上班，恒温车间，提供食堂和四人间宿舍，每月十五日准时发放工资，满勤另有奖金，表现突出者可转为正式班组长。有意者请携带本人身份证到厂区东门保安室登记，由人事老师统一安排参观车间和宿舍后再决定是否入职。';
const OTHER =
  '社区面包房寻找一位早班烘焙师傅，负责和面、整形与出炉，凌晨四点半开工，中午便可回家。我们用天然酵种，不加改良剂，客人多是附近的老街坊。若您喜欢安静地做事，欢迎在下午打烊以后过来试做一炉，再慢慢谈待遇和休息日的安排。';

describe('near-duplicate texts', () => {
  it('sees a repost with other contacts, numbers and punctuation as the same', () => {
    const repost = `急！！${ADVERT.replaceAll('，', '、')} 电话13800001111 微信abc_12345`;
    expect(similarity(signatureOf(ADVERT)!, signatureOf(repost)!)).toBeGreaterThan(0.9);
    expect(similarity(signatureOf(ADVERT)!, signatureOf(OTHER)!)).toBeLessThan(0.1);
  });

  it('estimates Jaccard similarity of shingles within its error', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: ADVERT.length - 60 }), (from) => {
        const part = ADVERT.slice(from);
        const shingles = (t: string): Set<string> => {
          const plain = t.replace(/[^\p{L}]/gu, '');
          return new Set(Array.from({ length: Math.max(0, plain.length - 3) }, (_, i) => plain.slice(i, i + 4)));
        };
        const [a, b] = [shingles(ADVERT), shingles(part)];
        const truth = [...b].filter((s) => a.has(s)).length / new Set([...a, ...b]).size;
        expect(Math.abs(similarity(signatureOf(ADVERT)!, signatureOf(part)!) - truth)).toBeLessThan(0.25);
      }),
    );
  });

  const NOTHING = { groups: new Map(), founders: new Map(), full: new Set<number>() };
  const group = (...texts: string[]) =>
    groupTexts(
      texts.map((text, i) => ({ post: i, text: readText(text) })),
      NOTHING,
    );

  it('puts reposts in the group of their founder, others in groups of their own, and short texts in none', () => {
    const { placed, founded } = group(ADVERT, OTHER, `${ADVERT}另招质检一名`, '招普工，电话13800001111');
    expect(placed.map((p) => p.groupId)).toEqual([founded[0]!.id, founded[1]!.id, founded[0]!.id, null]);
    expect(placed[2]!.similarity).toBeGreaterThan(0.85);
  });

  it('finds the same groups through a store as in one go', () => {
    const { founded } = group(ADVERT, OTHER);
    const groups = new Map<number, string[]>();
    for (const { id, keys } of founded) for (const key of keys) groups.set(key, [...(groups.get(key) ?? []), id]);
    const known = { groups, founders: new Map(founded.map((f) => [f.id, f.signature])), full: new Set<number>() };
    const again = groupTexts([{ post: 0, text: readText(`急招！${ADVERT}`) }], known);
    expect([again.placed[0]!.groupId, again.founded]).toEqual([founded[0]!.id, []]);
    const signature = signatureOf(ADVERT)!;
    expect(unpackSignature(packSignature(signature))).toEqual(signature);
  });

  it('does not drift: a chain of small changes ends in another group than it began', () => {
    const words = [...ADVERT];
    const other = [...OTHER];
    const chain = Array.from({ length: 12 }, (_, i) => [...other.slice(0, i * 9), ...words.slice(i * 9)].join(''));
    const { placed } = group(...chain);
    expect(placed[0]!.groupId).toBe(placed[1]!.groupId);
    expect(placed.at(-1)!.groupId).not.toBe(placed[0]!.groupId);
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => void signatureOf(text)));
    expect(signatureOf('招'.repeat(5_000_000))).toBeNull();
  });
});

describe('contacts', () => {
  it('reads them from words and from lists, each once', () => {
    expect([...contactsOf('电话：138-0000-1111，微信号：zp_lx01234，QQ群 123456789，a.b@example.test')].sort()).toEqual([
      'email:a.b@example.test',
      'group:123456789',
      'phone:13800001111',
      'wechat:zp_lx01234',
    ]);
    expect([...postContacts({ contacts: ['phone:138 0000 1111', 'wechat:ZP_LX01234'], title: '', text: '致电13800001111' })].sort()).toEqual([
      'phone:13800001111',
      'wechat:zp_lx01234',
    ]);
  });

  it('shows people a masked value only', () => {
    expect(maskedContact('phone:13800001111')).toBe('电话 138****1111');
    expect(maskedContact('wechat:ab1234')).toBe('微信号 ab****4');
  });
});

const account = (id: string, over: Partial<LinkedAccount> = {}): LinkedAccount => ({ id, posts: [], ...over });
const call = (n: number, text = '') => ({ text: `${text}电话138000${String(n).padStart(5, '0')}` });

describe('banned parties', () => {
  const party = account('p1', {
    name: '澄禾招工快线',
    subjectName: '云汀市澄禾信息咨询有限公司',
    uscc: '91350100M000100Y43',
    alias: 'zpch01234',
    posts: [1, 2, 3].map((n) => ({ text: `${ADVERT}每天${n}趟班车接送，电话13800001111` })),
    banned: true,
  });
  const found = (over: Partial<LinkedAccount>, ...more: LinkedAccount[]) => linkInMemory([party, account('x', over), ...more]).sharedWithBanned('x');

  it.each([
    ['name', { uscc: '91350100 M000100Y43' }],
    ['name', { subjectName: '云汀市澄禾信息咨询有限责任公司' }],
    ['contact', { posts: [{ text: '加微信 zpch01234 详聊' }] }],
    ['contact', { alias: 'zpch01234' }],
  ] as const)('is found again by %s', (by, over) => {
    const shared = found(over);
    expect(shared.map((s) => [s.party.id, s.by])).toEqual([['p1', by]]);
    expect(shared[0]!.weight).toBeGreaterThan(0.5);
    expect(shared[0]!.what).not.toContain('13800001111');
  });

  it('is not found by what many share, nor by one copied text, nor by itself', () => {
    expect(found({ subjectName: '王伟', posts: [{ text: '电话 13900002222' }] })).toEqual([]);
    const elsewhere = Array.from({ length: 20 }, (_, n) => call(n, OTHER));
    expect(found({ posts: [{ text: ADVERT }, ...elsewhere] })).toMatchObject([{ by: 'text', weight: 0.1 }]);
    expect(linkInMemory([party]).sharedWithBanned('p1')).toEqual([]);
  });

  it('weighs a number little that an account repeated once, and not at all when everybody shows it', () => {
    const elsewhere = Array.from({ length: 20 }, (_, n) => call(n, OTHER));
    expect(found({ posts: [{ text: '电话13800001111' }, ...elsewhere] })).toMatchObject([{ by: 'contact', weight: 0.2 }]);
    const crowd = Array.from({ length: 70 }, (_, n) => account(`c${n}`, { posts: [{ text: '电话13800001111' }] }));
    expect(found({ posts: [{ text: '电话13800001111' }] }, ...crowd)).toEqual([]);
  });
});

describe('links', () => {
  const thing = (kind: ThingKind, over: Partial<SharedThing> = {}): SharedThing => ({ kind, entities: 2, ownA: true, ownB: true, ...over });

  it.each([
    ['one telephone of both', [thing('phone')], 10, true],
    ['one chat id that one of them repeated once', [thing('wechat', { ownB: false })], 10, false],
    ['a hotline of twenty parties', [thing('phone', { entities: 20 })], 10, false],
    ['a code of a party with thirty accounts', [thing('uscc', { entities: 30 })], 10, true],
    ['one text', [thing('text')], 1, false],
    ['half of what they post', Array.from({ length: 5 }, () => thing('text')), 10, true],
    ['half of what they post, which everybody posts', Array.from({ length: 5 }, () => thing('text', { entities: 40 })), 10, false],
    ['any number of pictures alone', Array.from({ length: 30 }, () => thing('picture')), 10, false],
    ['a mail box that twenty use and a picture', [thing('email', { entities: 20 }), thing('picture')], 10, false],
  ] as const)('%s', (_, shared, least, linked) => {
    expect(linkWeight(shared, least) >= LINKED).toBe(linked);
  });

  it('is a weight between 0 and 1 that never falls when more is shared', () => {
    const kinds = fc.constantFrom<ThingKind>('uscc', 'phone', 'wechat', 'text', 'picture');
    const things = fc.array(fc.record({ kind: kinds, entities: fc.nat(50), ownA: fc.boolean(), ownB: fc.boolean() }), { maxLength: 12 });
    fc.assert(
      fc.property(things, things, fc.integer({ min: 1, max: 20 }), (some, more, least) => {
        const [few, all] = [linkWeight(some, least), linkWeight([...some, ...more], least)];
        expect(few).toBeGreaterThanOrEqual(0);
        expect(all).toBeLessThanOrEqual(1);
        expect(all).toBeGreaterThanOrEqual(few - 1e-9);
      }),
    );
    expect([worthAt('phone', 10), worthAt('phone', 61), worthAt('subject', 500)]).toEqual([1, 0, 1]);
  });

  it('tells an account’s own number from one it repeats, and keeps a short list', () => {
    const posts = Array.from({ length: 20 }, (_, n) => ({ id: `p${n}`, input: { text: `电话13800001111${n === 4 ? '，或13900002222' : ''}` }, pictures: [] }));
    const shown = thingsOf({ id: 'a', description: '客服QQ 12345678' }, posts);
    expect(shown.map(({ kind, label, own, postId }) => [kind, label, own, postId])).toEqual([
      ['qq', '123****5678', true, null],
      ['phone', '138****1111', true, 'p0'],
      ['phone', '139****2222', false, 'p4'],
    ]);
    const many = Array.from({ length: 900 }, (_, n) => ({ id: `m${n}`, input: call(n), pictures: [] }));
    expect(thingsOf({ id: 'b' }, many)).toHaveLength(500);
    expect(thingId('phone', '13800001111')).toBe(shown[1]!.id);
  });

  it('takes an organisation for a party, not a person nor what a platform writes where it knows nobody', () => {
    const kinds = (subjectName: string) => thingsOf({ id: 'a', subjectName }, []).map((t) => t.kind);
    for (const name of ['云汀市澄禾信息咨询有限公司', '石桥镇灵活就业服务中心', '渡口企业管理咨询工作室', '鹿鸣街道办事处'])
      expect([name, kinds(name)]).toEqual([name, ['subject']]);
    for (const name of ['欧阳某某某', '个体工商户', '未公示主体信息', '平台未认证主体', '张三']) expect([name, kinds(name)]).toEqual([name, []]);
  });

  it('links by codes and telling pictures, not by small or plain ones', () => {
    const pictures = (look: string, width = 600) => [
      { look, width, height: 600, codes: [{ payload: 'https://u.wechat.example/abc', kind: 'wechat-person' as const }] },
    ];
    const kinds = (of: ReturnType<typeof pictures>) => thingsOf({ id: 'a' }, [{ id: 'p', input: {}, pictures: of }]).map((t) => t.kind);
    expect(kinds(pictures('0123456789abcdef'))).toEqual(['qr', 'picture']);
    expect(kinds(pictures('0000000000000001'))).toEqual(['qr']);
    expect(kinds(pictures('0123456789abcdef', 64))).toEqual(['qr']);
  });
});

describe('pictures', () => {
  const NONE = { groups: new Map(), founders: new Map(), full: new Set<number>() };
  const look = fc.stringMatching(/^[0-9a-f]{16}$/);
  const flip = (of: string, bits: readonly number[]): string =>
    bits.reduce((now, bit) => {
      const at = bit >> 2;
      return now.slice(0, at) + (Number.parseInt(now.charAt(at), 16) ^ (1 << (bit & 3))).toString(16) + now.slice(at + 1);
    }, of);

  it('that differ in three bits or fewer are always one, in five or more never', () => {
    const bits = (n: number) => fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { minLength: n, maxLength: n });
    fc.assert(
      fc.property(look, fc.integer({ min: 0, max: 3 }).chain(bits), fc.integer({ min: 5, max: 20 }).chain(bits), (of, few, many) => {
        const [near, far] = [flip(of, few), flip(of, many)];
        expect([lookDistance(of, near), lookDistance(of, far)]).toEqual([few.length, many.length]);
        expect(groupLooks([of, near], NONE).founderOf.get(near)).toBe(of);
        expect(groupLooks([of, far], NONE).founderOf.get(far)).toBe(far);
      }),
    );
  });

  it('are found again through a store, under keys no text has', () => {
    const { founded } = groupLooks(['0123456789abcdef'], NONE);
    const groups = new Map(founded.flatMap((f) => f.keys.map((key) => [key, [f.id]] as const)));
    const known = { groups, founders: new Map(founded.map((f) => [f.id, f.signature])), full: new Set<number>() };
    expect(groupLooks(['0123456789abcdee'], known)).toEqual({ founderOf: new Map([['0123456789abcdee', '0123456789abcdef']]), founded: [] });
    expect(Math.max(...lookKeys('0000000000000000'))).toBeLessThan(0);
    expect(new Set(lookKeys('0000000000000000')).size).toBe(4);
  });
});

describe.each([1, 20261123])('the sandbox of seed %i', (seed) => {
  it('links who came back with whom they were, and no strangers by reposts, banners or trade phrases', () => {
    const world = generateWorld({ seed, texts: loadTexts() });
    const linked = linkInMemory(world.accounts.map((a) => ({ ...a, id: a.externalId, posts: world.posts.filter((p) => p.account === a.externalId) })));
    const pairs = linked.links.map(({ a, b }) => [a, b].sort().join(' ')).sort();
    const returns = world.returns
      .map(({ from, to }) => [from.externalId, to.externalId].sort().join(' '))
      .filter((pair) => pair.split(' ').every((id) => world.accounts.some((a) => a.externalId === id)));
    expect(pairs).toEqual(returns.sort());
    expect(pairs.length).toBeGreaterThan(1);
  });
});

type Edge = readonly [string, string];
interface Known {
  readonly id: string;
  readonly accounts: readonly string[];
}
let made = 0;
const keptAs = ({ clusters }: Regrouping): Known[] =>
  clusters.map(({ id, accounts }) => {
    made += 1;
    return { id: id ?? `new-${made}`, accounts };
  });
const shape = (clusters: readonly Known[]): string[] => clusters.map((c) => [...c.accounts].sort().join(' ')).sort();
const given = (clusters: readonly Known[], all: readonly string[], links: readonly Edge[]): Before => {
  const held = new Set(clusters.flatMap((c) => c.accounts));
  return { clusters: clusters.map((c) => ({ ...c, whole: false })), singles: all.filter((a) => !held.has(a)), links };
};

describe('clusters', () => {
  const ALL = Array.from({ length: 12 }, (_, i) => `a${String(i).padStart(2, '0')}`);
  const pair = fc.tuple(fc.constantFrom(...ALL), fc.constantFrom(...ALL)).filter(([a, b]) => a !== b);
  const edges = fc.array(pair, { maxLength: 14 });
  const from = (clusters: readonly Known[], links: readonly Edge[]): Known[] => keptAs(regroup(given(clusters, ALL, links)));

  it('do not depend on the order in which links came, nor on coming one by one', () => {
    fc.assert(
      fc.property(edges, (links) => {
        const atOnce = from([], links);
        expect(shape(from([], [...links].reverse()))).toEqual(shape(atOnce));
        let grown: Known[] = [];
        for (let n = 1; n <= links.length; n += 1) grown = from(grown, links.slice(0, n));
        expect(shape(grown)).toEqual(shape(atOnce));
      }),
    );
  });

  it('keep their ids when nothing changed, and no id stands twice', () => {
    fc.assert(
      fc.property(edges, edges, (links, later) => {
        const first = from([], links);
        const again = regroup(given(first, ALL, links));
        expect(again.clusters.every((c) => c.id !== null && c.joined.length + c.left.length + c.merged.length === 0)).toBe(true);
        expect([again.dissolved, again.alone]).toEqual([[], []]);
        const next = regroup(given(first, ALL, later));
        const ids = next.clusters.flatMap((c) => c.id ?? []);
        expect(new Set(ids).size).toBe(ids.length);
        // Every old cluster lives on, is swallowed by exactly one, or is dissolved.
        const ends = [...ids, ...next.clusters.flatMap((c) => c.merged), ...next.dissolved].sort();
        expect(ends).toEqual(first.map((c) => c.id).sort());
        const now = new Set(next.clusters.flatMap((c) => c.accounts));
        expect(next.alone).toEqual(first.flatMap((c) => c.accounts.filter((a) => !now.has(a))).sort());
      }),
    );
  });

  it('give the id to the part that keeps most, and say what split and what merged', () => {
    const [big] = from(
      [],
      [
        ['a00', 'a01'],
        ['a01', 'a02'],
        ['a02', 'a03'],
        ['a03', 'a04'],
      ],
    );
    const split = regroup(
      given([big!], ALL, [
        ['a00', 'a01'],
        ['a01', 'a02'],
        ['a03', 'a04'],
      ]),
    );
    expect(split.clusters).toEqual([
      { id: big!.id, accounts: ['a00', 'a01', 'a02'], joined: [], left: ['a03', 'a04'], merged: [], splitFrom: null },
      { id: null, accounts: ['a03', 'a04'], joined: ['a03', 'a04'], left: [], merged: [], splitFrom: big!.id },
    ]);
    const two = keptAs(split);
    const merged = regroup(
      given(two, ALL, [
        ['a00', 'a01'],
        ['a01', 'a02'],
        ['a03', 'a04'],
        ['a02', 'a03'],
      ]),
    );
    expect(merged.clusters).toMatchObject([{ id: big!.id, merged: [two[1]!.id], joined: ['a03', 'a04'] }]);
    expect(regroup(given(two, ALL, [])).dissolved).toHaveLength(2);
  });
});
