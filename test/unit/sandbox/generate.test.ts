/** The generated world, for any seed: enough of everything, truth at the right places, the same again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FINDING_KINDS, TAXONOMY } from '../../../core/model/taxonomy.ts';
import { generateWorld } from '../../../sandbox/generate.ts';
import { officialRows } from '../../../sandbox/licence-list.ts';
import { loadTexts } from '../../../sandbox/texts/load.ts';
import { truthOf } from '../../../sandbox/truth.ts';
import type { SandboxPost, World } from '../../../sandbox/world/model.ts';
import { usccCheck } from '../../../sandbox/world/names.ts';

const texts = loadTexts();
const seeds = fc.integer({ min: 0, max: 2_147_483_647 });
/** Of a world in which every post of one text would have been taken down. */
const ONCE_WRONG = 264_596_349;
/** Fresh seeds every time; the name of a failing test tells which. */
const worlds = [ONCE_WRONG, ...fc.sample(seeds, 5)].map((seed) => generateWorld({ seed, texts }));
const count = <T>(list: readonly T[], of: (item: T) => boolean): number => list.filter(of).length;
/** Posts a visitor can see at the start. */
const open = (world: World): SandboxPost[] => {
  const hidden = new Set(world.accounts.filter((a) => a.hiddenUntil !== null || a.walled).map((a) => a.externalId));
  return world.posts.filter((p) => !hidden.has(p.account));
};

describe.each(worlds.map((world) => [world.seed, world] as const))('generateWorld, seed %i', (_, world) => {
  it('fills three platforms with at least 60 accounts and 1,200 posts', () => {
    const visible = world.accounts.filter((a) => a.hiddenUntil === null);
    expect(visible.length).toBeGreaterThanOrEqual(60);
    expect(count(open(world), (p) => p.status === 'live')).toBeGreaterThanOrEqual(1_200);
    for (const platform of ['sandbox-wechat', 'sandbox-board', 'sandbox-feed'])
      expect(count(visible, (a) => a.platform === platform)).toBeGreaterThanOrEqual(16);
    for (const account of world.accounts) {
      const posts = count(world.posts, (p) => p.account === account.externalId);
      expect(posts).toBeGreaterThan(0);
      if (account.platform === 'sandbox-feed') expect(posts).toBeLessThanOrEqual(25);
    }
  });

  it('shows every account kind, and half of the accounts honest', () => {
    const kinds = FINDING_KINDS.filter((k) => TAXONOMY[k].subject === 'account');
    const { accounts } = truthOf(world);
    const visible = accounts.filter((a) => !a.hidden);
    expect(kinds.filter((k) => !visible.some((a) => a.kinds.includes(k)))).toEqual([]);
    expect(Math.abs(count(visible, (a) => a.honest) / visible.length - 0.5)).toBeLessThan(0.1);
    expect(count(accounts, (a) => a.honest && a.kinds.length > 0)).toBe(0);
  });

  it('publishes every text where a visitor can see it, with all its truth', () => {
    const seen = new Set(
      open(world)
        .filter((p) => p.status === 'live')
        .map((p) => p.textId),
    );
    expect(texts.filter((t) => !seen.has(t.id)).map((t) => t.id)).toEqual([]);
    const byId = new Map(texts.map((t) => [t.id, t]));
    for (const post of world.posts.filter((p) => p.repostOf === null))
      expect(post.truth.filter((t) => t.field !== 'imageText').map((t) => t.kind)).toEqual(byId.get(post.textId)?.truth.map((t) => t.kind));
  });

  it('quotes at the right offsets and leaves no slot open', () => {
    for (const post of world.posts) {
      expect(post.text + post.title).not.toMatch(/\{[a-z]+\}/);
      for (const t of post.truth.filter((one) => one.field !== 'imageText'))
        if (t.quote !== null) expect(String(post[t.field as keyof SandboxPost]).slice(t.start ?? 0, t.end ?? 0)).toBe(t.quote);
    }
  });

  it('gives every code a valid check character and no identifier twice', () => {
    expect(usccCheck('91350100M000100Y4')).toBe('3');
    expect(usccCheck('9144030071526726X')).toBe('G');
    expect(usccCheck('91440300192203821')).toBe('6');
    const codes = [...world.accounts.map((a) => a.uscc), ...officialRows(world).map((r) => r.uscc), ...world.companies.map((c) => c.uscc)].filter(
      (c) => c !== '',
    );
    for (const code of codes) {
      expect(code).toMatch(/^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/);
      expect(usccCheck(code.slice(0, 17))).toBe(code[17]);
    }
    expect(new Set(world.posts.map((p) => `${p.platform}/${p.id}`)).size).toBe(world.posts.length);
    expect(new Set(world.accounts.map((a) => a.externalId)).size).toBe(world.accounts.length);
    for (const account of world.accounts) expect(account.phone).toMatch(/^1\d{2}0000\d{4}$/);
  });

  it('is the same again for the same seed and another for another', () => {
    expect(generateWorld({ seed: world.seed, texts })).toEqual(world);
    expect(generateWorld({ seed: world.seed + 1, texts }).posts.map((p) => p.text)).not.toEqual(world.posts.map((p) => p.text));
  });
});

describe.each(worlds.map((world) => [world.seed, world] as const))('the stories in it, seed %i', (_, world) => {
  it('lets dangerous texts stand mostly with dangerous accounts, some with honest-looking employers', () => {
    const honest = new Map(truthOf(world).accounts.map((a) => [a.externalId, a]));
    const unlawful = open(world).filter((p) => p.repostOf === null && p.truth.some((t) => !t.exempt && TAXONOMY[t.kind].level === 'statutory'));
    const withHonest = unlawful.filter((p) => honest.get(p.account)?.honest);
    expect(withHonest.length).toBeGreaterThan(0);
    expect(withHonest.length / unlawful.length).toBeLessThan(0.5);
    expect(new Set(withHonest.map((p) => honest.get(p.account)?.role))).toEqual(new Set(['careless-employer']));
  });

  it('brings banned parties back under other names with the same telephone, chat id and texts', () => {
    const account = (id: string) => world.accounts.find((a) => a.externalId === id)!;
    const textsOf = (id: string) => new Set(world.posts.filter((p) => p.account === id && p.repostOf === null).map((p) => p.textId));
    expect(world.returns.length).toBeGreaterThanOrEqual(1);
    for (const { from, to } of world.returns) {
      const [first, second] = [account(from.externalId), account(to.externalId)];
      expect(first.walled).toBe(false);
      expect(second).toMatchObject({ phone: first.phone, wechat: first.wechat, hiddenUntil: from });
      expect(second.name).not.toBe(first.name);
      expect(second.kinds).toContain('banned-party-returned');
      expect([...textsOf(to.externalId)].every((t) => textsOf(from.externalId).has(t))).toBe(true);
    }
    for (const party of world.bannedParties) {
      const back = account(party.returnedAs.externalId);
      expect(back).toMatchObject({ phone: party.phone, wechat: party.wechat, hiddenUntil: null });
      expect(back.subjectName).not.toBe(party.subjectName);
      expect(party.posts.length).toBeGreaterThan(0);
    }
  });

  it('plants reposts, credited or not, and says so in the truth', () => {
    const byId = new Map(world.posts.map((p) => [p.id, p]));
    const reposts = world.posts.filter((p) => p.repostOf !== null);
    expect(reposts.length).toBeGreaterThanOrEqual(20);
    for (const post of reposts) {
      const original = byId.get(post.repostOf!)!;
      expect(post.account).not.toBe(original.account);
      expect(post.text.startsWith(original.text)).toBe(true);
      expect(/\n来源：.+$/.test(post.text)).toBe(post.credited);
      expect(post.truth.some((t) => t.kind === 'unsourced-repost')).toBe(!post.credited);
      expect(post.publishedAt > original.publishedAt).toBe(true);
    }
    expect(new Set(reposts.map((p) => p.credited)).size).toBe(2);
  });

  it('has posters whose truth is all in the picture, a walled account, and licences that tell each mismatch', () => {
    const posters = world.posts.filter((p) => p.poster);
    expect(posters.length).toBeGreaterThanOrEqual(1);
    for (const p of posters) expect(p.truth.every((t) => t.field === null || t.field === 'text' || t.field === 'imageText')).toBe(true);
    const inCode = (p: SandboxPost) => p.truth.filter((t) => t.field === 'imageText');
    expect(world.posts.filter((p) => p.code !== '').every((p) => p.poster)).toBe(true);
    const groups = posters.filter((p) => inCode(p).length > 0);
    expect(groups.map((p) => inCode(p).map((t) => [t.kind, t.quote]))).toEqual(groups.map((p) => [['traffic-diversion', p.code]]));
    expect(groups).toHaveLength(2);
    // The look-alike: a public account's code of itself is nothing to find.
    expect(posters.filter((p) => p.code !== '' && inCode(p).length === 0)).toHaveLength(1);
    expect(count(world.accounts, (a) => a.walled)).toBe(1);
    const listed = new Map(world.licences.map((l) => [l.number, l]));
    for (const a of world.accounts.filter((x) => x.kinds.includes('licence-mismatch'))) {
      const row = listed.get(a.licenceNo)!;
      if (a.role === 'licence-expired') expect(row.validUntil! < world.asOf).toBe(true);
      else if (a.role === 'licence-of-other') expect(row.name).not.toBe(a.subjectName);
      else expect(row.scope).not.toContain('网络招聘');
    }
    for (const a of world.accounts.filter((x) => x.role === 'agency')) expect(listed.get(a.licenceNo)).toMatchObject({ name: a.subjectName, uscc: a.uscc });
    expect(officialRows(world).length).toBe(world.licences.length + 40);
  });
});
