/** Account screening on facts one by one and on whole worlds of the sandbox. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccountFacts, operatorOf, type PostsSummary, summarisePosts } from '../../../classifiers/account-facts.ts';
import { KIND_ARTICLES } from '../../../classifiers/kind-articles.ts';
import { employerNamed } from '../../../classifiers/licence/employer-name.ts';
import { createLicenceMatcher, type ListedLicence } from '../../../classifiers/licence/match.ts';
import { createCompanyRegistry } from '../../../classifiers/licence/registry.ts';
import { type AccountToScreen, screenAccount } from '../../../classifiers/screen-account.ts';
import { type Finding, findingSchema } from '../../../core/model/finding.ts';
import type { LicenceMatch, LicenceVerdict } from '../../../core/model/licence.ts';
import type { PostInput } from '../../../core/model/post.ts';
import type { FindingKind } from '../../../core/model/taxonomy.ts';
import { generateWorld } from '../../../sandbox/generate.ts';
import { loadTexts } from '../../../sandbox/texts/load.ts';
import type { World } from '../../../sandbox/world/model.ts';
import { linkInMemory } from '../../support/linked-accounts.ts';

const LIST = { id: 'list-1', label: '云汀市名录', authority: '云汀市人社局', publishedOn: '2026-11-01', sourceUrl: null, sha256: '0'.repeat(64) };
const verdict = (is: LicenceVerdict, scope: string | null = null): LicenceMatch => ({
  verdict: is,
  sentence: is === 'not_found' ? '在《云汀市名录》（2026-11-01）中未查到' : `《云汀市名录》（2026-11-01）:${is}`,
  list: LIST,
  licence: scope === null ? null : ({ id: 'r', name: '云汀市鹿溪', scope } as unknown as LicenceMatch['licence']),
  by: null,
  similarity: null,
  reasons: [],
});
const summary = (over: Partial<PostsSummary> = {}): PostsSummary => ({ count: 10, companies: [], kinds: {}, dispatchPosts: 0, brand: null, ...over });
const companies = (...names: string[]): PostsSummary['companies'] => names.map((name) => ({ name, posts: 2 }));
const OTHERS = companies('云汀市澄禾电子有限公司', '霁州市栎川食品有限公司', '临澜市越枫服装有限公司');

const employer: AccountFacts = {
  name: '鹿溪招贤',
  subjectName: '云汀市鹿溪实业有限公司',
  subjectType: 'employer',
  category: '用人单位自主招聘',
  verified: true,
  description: '发布本单位岗位。',
};
const agency: AccountFacts = {
  name: '鹿溪人力',
  subjectName: '云汀市鹿溪人力资源有限公司',
  subjectType: 'agency',
  verified: true,
  licenceNo: '(粤)人服证字〔2024〕第9900000001号',
  description: '岗位均经核验。',
};

const screen = (over: Partial<AccountToScreen> & { account: AccountFacts }): Finding[] =>
  screenAccount({ posts: summary(), licenceMatch: verdict('licensed', '职业中介活动（开展网络招聘服务）'), ...over });
const kinds = (over: Partial<AccountToScreen> & { account: AccountFacts }): FindingKind[] => screen(over).map((f) => f.kind);

describe('account screening', () => {
  it('finds nothing about an honest employer or a licensed agency with many clients', () => {
    expect(
      kinds({
        account: employer,
        posts: summary({ companies: companies('云汀市鹿溪实业有限公司', '鹿溪实业北屿分公司') }),
        licenceMatch: verdict('not_found'),
      }),
    ).toEqual([]);
    expect(kinds({ account: agency, posts: summary({ companies: OTHERS, kinds: { 'acts-as-intermediary': 8 } }) })).toEqual([]);
  });

  it.each<[string, Partial<AccountToScreen> & { account: AccountFacts }, FindingKind[]]>([
    [
      'an agency the list does not show',
      { account: agency, posts: summary({ companies: OTHERS }), licenceMatch: verdict('not_found') },
      ['unlicensed-intermediary'],
    ],
    [
      'an agency with a filing only',
      { account: agency, posts: summary({ companies: OTHERS }), licenceMatch: verdict('filed_only', '人力资源培训') },
      ['unlicensed-intermediary'],
    ],
    [
      'an agency whose filing covers what it does',
      { account: agency, posts: summary({ companies: OTHERS }), licenceMatch: verdict('filed_only', '人力资源供求信息的收集和发布') },
      [],
    ],
    ['a licence that has run out', { account: agency, licenceMatch: verdict('expired') }, ['licence-mismatch']],
    ['a licence of somebody else', { account: agency, licenceMatch: verdict('other_entity') }, ['licence-mismatch']],
    ['a licence without online recruitment', { account: agency, licenceMatch: verdict('scope_excludes_online') }, ['licence-mismatch']],
    ['nothing that could be told', { account: agency, licenceMatch: verdict('cannot_tell') }, []],
    [
      'a guidance service without filing',
      { account: { ...agency, description: '求职测评、就业指导。' }, licenceMatch: verdict('not_found') },
      ['unfiled-service'],
    ],
    [
      'an employer that recruits for others',
      { account: employer, posts: summary({ companies: OTHERS }), licenceMatch: verdict('not_found') },
      ['posting-for-others'],
    ],
    ['a person claiming to be an office', { account: { name: '云汀市人社局官方招聘平台', subjectType: 'individual', verified: true } }, ['impersonation']],
    [
      'the office itself',
      {
        account: { name: '云汀市人社局', subjectName: '云汀市人力资源和社会保障局', subjectType: 'public', verified: true },
        licenceMatch: verdict('not_found'),
      },
      [],
    ],
    ['an account nobody verified', { account: { name: '阿坚进厂日记', subjectType: 'individual', verified: false } }, ['unverified-account']],
    [
      'an unverified account without posts',
      { account: { name: '阿坚进厂日记', subjectType: 'individual', verified: false }, posts: summary({ count: 0 }) },
      [],
    ],
    [
      'a page that shows nothing',
      { account: { ...agency, licenceNo: '', description: '汇集多家企业岗位。' }, licenceMatch: verdict('licensed', '职业中介活动') },
      ['qualification-not-shown'],
    ],
    ['a page nobody read', { account: { ...agency, licenceNo: '', description: undefined } }, []],
    [
      'a site of its own without a number',
      { account: { ...agency, description: '证书编号见下。更多岗位见 http://www.zhaogong.example' } },
      ['site-not-registered'],
    ],
    ['a site with its number', { account: { ...agency, description: '证书编号见下。http://www.zhaogong.example 粤ICP备12345678号' } }, []],
    ['the platform it stands on', { account: { ...agency, description: '证书编号见下。https://mp.weixin.qq.com/s/abc' } }, []],
  ])('%s', (_, input, expected) => {
    expect(kinds(input)).toEqual(expected);
  });

  it('tells dispatch by its own list, and says so when there is none', () => {
    const dispatcher: AccountFacts = { ...agency, subjectName: '云汀市鹿溪劳务派遣有限公司' };
    const without = screen({ account: dispatcher });
    expect(without).toMatchObject([{ kind: 'unlicensed-dispatch', score: 0.5 }]);
    expect(without[0]!.why).toContain('尚未导入劳务派遣许可名录');
    expect(kinds({ account: dispatcher, dispatchMatch: verdict('licensed') })).toEqual([]);
    expect(kinds({ account: dispatcher, dispatchMatch: verdict('not_found') })).toEqual(['unlicensed-dispatch']);
    expect(kinds({ account: { ...agency, description: '证书编号见下。非劳务派遣，直签合同。' } })).toEqual([]);
  });

  it('goes by the register only where it was imported and says something', () => {
    const registry = createCompanyRegistry({ label: '云汀市登记', publishedOn: '2026-11-01', complete: true }, [
      { name: '云汀市鹿溪实业有限公司', uscc: null, status: '注销' },
    ]);
    const [gone] = screen({ account: employer, registry: registry.lookUp({ name: employer.subjectName }) });
    expect(gone).toMatchObject({ kind: 'employer-not-registered', source: 'licence' });
    expect(gone!.why).toContain('《云汀市登记》（2026-11-01）');
    expect(kinds({ account: employer, registry: null })).toEqual([]);
  });

  it('recognises a banned party by its telephone, and shows it masked', () => {
    const posts = [{ text: '电话 13800001111' }];
    const linked = linkInMemory([
      { id: 'b', name: '澄禾招工快线', posts, banned: true, bannedOn: '2026-09-20' },
      { ...employer, id: 'e', posts },
    ]);
    const [back] = screen({ account: employer, shared: linked.sharedWithBanned('e') });
    expect(back).toMatchObject({ kind: 'banned-party-returned', source: 'network', by: 'banned-list@2026-09-20' });
    expect(back!.why).toContain('138****1111');
    expect(back!.why).not.toContain('13800001111');
  });

  it('takes three employers and its own words to doubt a private person, and leaves the sharing of a post to people', () => {
    const person: AccountFacts = { name: '阿坚进厂日记', subjectType: 'individual', verified: true };
    expect(kinds({ account: person, licenceMatch: verdict('not_found'), posts: summary({ companies: OTHERS.slice(0, 2) }) })).toEqual([]);
    const [found] = screen({ account: person, licenceMatch: verdict('not_found'), posts: summary({ companies: OTHERS }) });
    expect(found).toMatchObject({ kind: 'unlicensed-intermediary', score: 0.55 });
    expect(found!.why).toContain('个人转述');
  });

  it('writes findings of the shared shape: leads, quoted where they stand, with the law that was passed in', () => {
    const cite = (ids: readonly string[]) => ids.map((id) => ({ id, instrument: '法', article: '条', version: '2026', verified: false }));
    const found = screen({
      account: { name: '云汀市人社局官方招聘平台', description: '证书', subjectType: 'individual', verified: false },
      licenceMatch: verdict('not_found'),
      posts: summary({ companies: OTHERS }),
      cite,
    });
    expect(found.length).toBeGreaterThanOrEqual(3);
    for (const f of found) {
      expect(findingSchema.parse(f)).toEqual(f);
      expect(f.level).toBe('lead');
      expect(f.articles.length).toBeGreaterThan(0);
      expect(f.why).not.toMatch(/无证|违法/);
      if (f.quote) expect('云汀市人社局官方招聘平台'.slice(f.start!, f.end!)).toBe(f.quote);
    }
  });

  it('sums posts up by employer and kind, exempt findings left out', () => {
    const one = (company: string, exempt: boolean): { post: PostInput; findings: Finding[] } => ({
      post: { company, text: company.endsWith('司') ? '劳务派遣岗位' : '绝非劳务派遣' },
      findings: [{ kind: 'acts-as-intermediary', exempt } as Finding],
    });
    expect(summarisePosts([one('甲（云汀）公司', false), one('甲(云汀)公司', true), one('乙厂', false)])).toEqual({
      count: 3,
      companies: [
        { name: '甲（云汀）公司', posts: 2, inText: 0 },
        { name: '乙厂', posts: 1, inText: 0 },
      ],
      kinds: { 'acts-as-intermediary': 2 },
      dispatchPosts: 2,
      brand: null,
    });
  });
});

it('cites only articles that stand in law/statutes', () => {
  const folder = new URL('../../../law/statutes/', import.meta.url);
  const known = new Set(
    readdirSync(folder).flatMap((file) => [...readFileSync(new URL(file, folder), 'utf8').matchAll(/^ {2}- id: (\S+)$/gm)].map((m) => m[1])),
  );
  expect(
    Object.values(KIND_ARTICLES)
      .flat()
      .filter((id) => !known.has(id)),
  ).toEqual([]);
});

describe('who runs an account that shows no subject', () => {
  const unnamed: AccountFacts = { name: '鹿溪招聘', verified: false, description: '招人。' };
  const firm = '云汀市鹿溪食品有限公司';
  const texts = (...list: string[]) => list.map((text) => ({ post: { text }, findings: [] }));

  it('goes by the one employer its posts name and its name carries', () => {
    const posts = summarisePosts(texts(`${firm}招装配工。`, `招聘单位：${firm}\n夜班。`, '无名'), unnamed);
    expect(posts.companies).toEqual([{ name: firm, posts: 2, inText: 1 }]);
    expect(operatorOf(unnamed, posts)).toMatchObject({ name: firm, by: 'posts' });
    expect(operatorOf({ ...unnamed, name: '阿坚进厂日记' }, posts)).toBeNull();
    expect(operatorOf({ ...unnamed, subjectName: '云汀市澄禾实业有限公司' }, posts)).toMatchObject({ by: 'subject' });
  });

  it('doubts an unregistered one, less surely than a stated subject, and only where the register is whole', () => {
    const posts = summarisePosts(texts(`${firm}招装配工。`, `${firm}招仓管。`), unnamed);
    const ask = (complete: boolean) => createCompanyRegistry({ label: '云汀市登记', publishedOn: '2026-11-01', complete }, []).lookUp({ name: firm });
    const none = { ...verdict('cannot_tell'), list: null };
    const [found] = screen({ account: unnamed, posts, licenceMatch: none, registry: ask(true) });
    expect(found).toMatchObject({ kind: 'employer-not-registered', score: 0.5 });
    expect(found!.why).toContain('账号未公示主体');
    expect(kinds({ account: unnamed, posts, licenceMatch: none, registry: ask(false) })).toEqual(['unverified-account']);
  });

  it('goes by the trade name where posts only ever say that', () => {
    const posts = summarisePosts(texts('云汀鹿溪火锅，传菜两名。', '云汀鹿溪烘焙，裱花。', '鹿溪影视，群演。', '云汀鹿溪养生，技师。'), unnamed);
    expect(operatorOf(unnamed, posts)).toMatchObject({ name: '鹿溪', by: 'brand' });
    const registry = createCompanyRegistry({ label: '云汀市登记', publishedOn: '2026-11-01', complete: true }, [{ name: firm, uscc: null, status: '存续' }]);
    expect(registry.lookUp({ brand: '鹿溪' }).standing).toBe('registered');
    expect(registry.lookUp({ brand: '澄禾' })).toMatchObject({ standing: 'not_found', sentence: expect.stringContaining('2026-11-01') });
  });

  it('says that a mediator without a subject could not be compared, and still names what it does', () => {
    const [found] = screen({
      account: { name: '进厂直通车', verified: false, description: '天天更新' },
      posts: summary({ companies: OTHERS }),
      licenceMatch: verdict('cannot_tell'),
    });
    expect(found).toMatchObject({ kind: 'unlicensed-intermediary', score: 0.5 });
    expect(found!.why).toContain('无法与《云汀市名录》（2026-11-01）比对');
  });
});

describe('the employer a post names', () => {
  it.each([
    ['招聘单位：云汀市鹿溪食品有限公司，两班倒', '云汀市鹿溪食品有限公司', 'label'],
    ['【公司名称】：云汀市鹿溪食品厂\n包吃住', '云汀市鹿溪食品厂', 'label'],
    ['用工单位: 云汀市鹿溪食品有限公司北屿分公司 计件', '云汀市鹿溪食品有限公司北屿分公司', 'label'],
    ['云汀市鹿溪食品有限公司招包装工', '云汀市鹿溪食品有限公司', 'text'],
    ['我们是云汀市鹿溪食品有限公司，招包装工', '云汀市鹿溪食品有限公司', 'text'],
    ['入职公路养护单位云汀市鹿溪食品有限公司', '云汀市鹿溪食品有限公司', 'text'],
    ['夜班工资高，鹿溪（上海）食品有限公司直招', '鹿溪（上海）食品有限公司', 'text'],
    ['招包装工。来源：云汀市鹿溪食品有限公司', null, null],
    ['近期有人冒充云汀市鹿溪食品有限公司收费', null, null],
    ['本公司名称：保密', null, null],
    ['招包装工，工资日结', null, null],
  ])('%s → %s', (text, name, by) => {
    expect(employerNamed({ text })).toEqual(name === null ? null : { name, by });
  });

  it('takes the field before any words, and is bounded on long texts', () => {
    expect(employerNamed({ company: '甲公司', text: '招聘单位：云汀市鹿溪食品有限公司' })).toEqual({ name: '甲公司', by: 'field' });
    const long = '有限公司'.repeat(50_000);
    expect(employerNamed({ text: long })?.name.length ?? 0).toBeLessThanOrEqual(60);
  });

  it('never fails on any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => employerNamed({ text }) === null || text.length > 0));
  });
});

/** Screens every account of a sandbox world, its posts' findings as they truly are. */
function screenWorld(world: World): Map<string, Set<FindingKind>> {
  const rows = world.licences.map(
    (l, i): ListedLicence => ({
      id: String(i),
      name: l.name,
      uscc: l.uscc,
      number: l.number,
      scope: l.scope,
      authority: l.authority,
      validFrom: l.issuedOn,
      validUntil: l.validUntil,
      address: null,
      form: l.form === '许可' ? 'licence' : 'filing',
    }),
  );
  const matcher = createLicenceMatcher(LIST, rows, { asOf: world.asOf });
  const registry = createCompanyRegistry({ label: '演示登记', publishedOn: world.asOf, complete: true }, world.companies);
  const linked = linkInMemory([
    ...world.bannedParties.map((b) => ({
      ...b,
      id: `banned ${b.name}`,
      alias: b.wechat,
      posts: b.posts.map((p) => ({ text: `${p.text} 电话${b.phone}` })),
      banned: true,
    })),
    ...world.accounts.map((a) => ({ ...a, id: a.externalId, posts: world.posts.filter((p) => p.account === a.externalId) })),
  ]);
  return new Map(
    world.accounts.map((account) => {
      const own = world.posts.filter((p) => p.account === account.externalId);
      const posts = own.map((p) => ({
        post: { title: p.title, company: p.company, text: p.text },
        findings: p.truth.map((t) => ({ kind: t.kind, exempt: t.exempt }) as Finding),
      }));
      const found = screenAccount({
        account,
        posts: summarisePosts(posts),
        licenceMatch: matcher.match(account),
        registry: registry.lookUp({ name: account.subjectName, uscc: account.uscc }),
        shared: linked.sharedWithBanned(account.externalId),
        showsQualification: account.showsQualification,
      });
      return [account.externalId, new Set(found.map((f) => f.kind))];
    }),
  );
}

describe.each([1, 20261123])('the sandbox of seed %i', (seed) => {
  const world = generateWorld({ seed, texts: loadTexts() });
  const found = screenWorld(world);

  it('has every account kind found that is true of an account', () => {
    // A party that waits for its suspension is on nobody's list yet.
    const missed = world.accounts.flatMap((a) =>
      a.kinds.filter((k) => !found.get(a.externalId)?.has(k) && !(a.hiddenUntil && k === 'banned-party-returned')).map((k) => `${a.role} ${a.name} ${k}`),
    );
    expect(missed).toEqual([]);
  });

  it('has nothing found about honest accounts', () => {
    const wrong = world.accounts
      .filter((a) => a.kinds.length === 0)
      .flatMap((a) => [...(found.get(a.externalId) ?? [])].map((k) => `${a.role} ${a.name} ${k}`));
    expect(wrong).toEqual([]);
  });
});
