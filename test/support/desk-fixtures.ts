/**
 * Made-up people, accounts, posts and cases for looking at the desk without a server: every text is invented here,
 * and every answer is held against the schemas of the API contract by the test that serves them.
 */
import type { AccountView, CaseView, FindingView, MeView, PostView, QueueRow } from '../../core/model/api.ts';
import { type FindingKind, TAXONOMY } from '../../core/model/taxonomy.ts';

let serial = 0;
export const uuid = (): string => {
  serial += 1;
  return `00000000-0000-4000-8000-${String(serial).padStart(12, '0')}`;
};
const NOW = Date.parse('2026-11-23T06:00:00Z');
export const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
export const SHA = 'ab34cd56ef7890121234567890abcdef'.repeat(2);

export const REVIEWER = { id: uuid(), name: '林静' };
export const APPROVER = { id: uuid(), name: '周远' };

export const me = (over: Partial<MeView['user']> = {}): MeView => ({
  user: {
    id: REVIEWER.id,
    login: 'linjing',
    name: REVIEWER.name,
    roles: ['reviewer'],
    capabilities: ['case.read', 'notice.read', 'run.read', 'account.read', 'evidence.read', 'case.review', 'case.propose', 'evidence.unmask'],
    mustChangePassword: false,
    ...over,
  },
  csrf: 'csrf-token',
  demo: true,
  issuer: '演示市人力资源和社会保障局',
  version: '0.1.0',
});

/** Ids and what people call them; one is called otherwise than its id, as most are. */
export const PLATFORMS = ['沙箱公众号', '沙箱招聘板', '沙箱信息流'].map((id) => ({ id, name: id === '沙箱信息流' ? '每日动态平台(演示)' : id }));

export const NAMES = [
  ['沙箱公众号', '渡口招工速递', '渡口企业管理咨询工作室'],
  ['沙箱招聘板', '南埔诚聘人力资源', '南埔诚聘人力资源有限公司'],
  ['沙箱信息流', '每天一个好工作', null],
  [
    '沙箱公众号',
    '石桥镇灵活就业互助与岗位信息汇总发布平台官方唯一认证账号请勿相信其他同名账号',
    '石桥镇灵活就业服务中心(个体工商户)暨石桥镇劳务合作社联合发布部',
  ],
  ['沙箱招聘板', '临川电子厂直招', '临川精密电子有限公司'],
  ['沙箱信息流', '学姐带你进大厂', '启航职业技能培训学校'],
] as const;

export function account(i: number, over: Partial<AccountView> = {}): AccountView {
  const [platform, name, subjectName] = NAMES[i % NAMES.length] as (typeof NAMES)[number];
  const verdicts = ['not_found', 'licensed', 'cannot_tell', 'expired', 'scope_excludes_online', 'not_found'] as const;
  const verdict = verdicts[i % verdicts.length] ?? 'not_found';
  return {
    id: uuid(),
    platform,
    externalId: `acc-${i}`,
    name,
    alias: null,
    description: '每天更新周边岗位, 名额有限。',
    url: `http://127.0.0.1:8720/wx/acc-${i}`,
    subjectName,
    subjectType: i % 3 === 0 ? 'agency' : i % 3 === 1 ? 'employer' : 'unknown',
    uscc: i % 2 ? '91440000MA00000000' : null,
    category: '生活服务',
    verified: i % 2 === 0,
    licenceNo: null,
    status: 'active',
    statusReason: null,
    banned: i === 5,
    licenceVerdict: verdict,
    licenceSentence: verdict === 'licensed' ? '在演示名录 2026-11-01 中查到, 许可在有效期内' : '在演示名录 2026-11-01 中未查到',
    licenceReasons: ['按主体名称与统一社会信用代码查询, 均无匹配'],
    score: 86 - i * 9,
    level: i % 2 ? 'lead' : 'statutory',
    postCount: 12 + i,
    firstSeenAt: ago(60 * 24 * 40),
    lastSeenAt: ago(400),
    ...over,
  };
}

const HOOKS: readonly [FindingKind, string][] = [
  ['charging-jobseekers', '入职前交服装费300元, 满三个月退还'],
  ['gender-restriction', '仅限男性, 女性勿扰'],
  ['training-loan', '零元入学, 培训费从工资里分期扣'],
  ['marital-fertility', '已婚已育优先, 两年内无生育计划'],
  ['fraud-lead', '只需提供银行卡, 日结八百'],
  ['origin-restriction', '本地户口以外不考虑'],
];

export function queueRow(i: number, over: Partial<QueueRow> = {}): QueueRow {
  const [kind, hook] = HOOKS[i % HOOKS.length] as (typeof HOOKS)[number];
  const of = account(i);
  return {
    id: uuid(),
    number: `HR-2026-${String(312 + i).padStart(4, '0')}`,
    state: 'open',
    level: TAXONOMY[kind].level,
    priority: Math.max(12, 92 - i * 4),
    hook: i % 7 === 6 ? null : hook,
    hookKind: kind,
    kinds: [kind, 'acts-as-intermediary'],
    findingCount: 1 + (i % 5),
    account: { id: of.id, platform: of.platform, name: of.name, subjectName: of.subjectName, subjectType: of.subjectType },
    licenceVerdict: of.licenceVerdict,
    claimedBy: null,
    proposedBy: null,
    openedAt: ago(60 * 24 * (i % 5)),
    dueAt: ago(-60 * 24 * 3),
    daysLeft: [4, 2, -1, 5, 0, 3, 1, -3][i % 8] ?? 3,
    ...over,
  };
}

export const POST_TEXT = `【急招】渡口电子厂操作工 20 名 😀

男女不限? 不, 仅限男性, 女性勿扰。年龄 18-35 岁, 身高 170 以上。
月薪 6500-8000 元, 两班倒, 包吃住, 无需经验, 有师傅带。
入职前交服装费300元, 满三个月退还; 体检费自理, 不收任何押金。
持有健康证, 报到时请携带身份证原件供登记(登记后当场退还)。
我们长期为周边多家工厂代招普工, 加微信了解更多岗位: ****8821
无其他证明文件也可先上岗, 零元入学, 培训费从工资里分期扣。`;

const span = (quote: string) => ({ field: 'text', quote, start: POST_TEXT.indexOf(quote), end: POST_TEXT.indexOf(quote) + quote.length });
const article = (id: string, instrument: string, no: string) => ({ id, instrument, article: no, version: '2018-12-29', verified: false });

export function finding(kind: FindingKind, quote: string | null, over: Partial<FindingView> = {}): FindingView {
  return {
    id: uuid(),
    postId: null,
    captureId: null,
    postTitle: null,
    alike: null,
    state: 'open',
    decidedBy: null,
    decidedAt: null,
    rejectReason: null,
    kind,
    level: TAXONOMY[kind].level,
    score: 0.97,
    source: 'rule',
    by: `${kind}.plain@3`,
    ...(quote === null ? { field: null, quote: null, start: null, end: null } : span(quote)),
    articles: [article('employment-2007.41.4', '就业促进法', '第四十一条第四项')],
    exempt: false,
    why: '原文写明的条件与所引条款的字面相符, 疑似, 待人工确认。',
    ...over,
  };
}

export function post(over: Partial<PostView> = {}): PostView {
  return {
    id: uuid(),
    externalId: 'post-1',
    url: 'http://127.0.0.1:8720/wx/s/post-1',
    title: '急招电子厂操作工, 包吃住, 月薪 8000',
    company: '渡口电子厂',
    salary: '6500-8000 元/月',
    location: '演示市南埔区',
    text: POST_TEXT,
    input: { title: '急招电子厂操作工', sex: '男', age: '18-35', education: '不限', headcount: '20', text: POST_TEXT },
    publishedAt: ago(1_500),
    status: 'live',
    firstSeenAt: ago(4_000),
    lastSeenAt: ago(30),
    gone: null,
    version: 3,
    level: 'statutory',
    score: 86,
    capture: { id: uuid(), fetchedAt: ago(430), sha256: SHA, hasShot: true, shotFrom: 'sealed', ledgerSeq: 1042, seal: { state: 'signed', root: 3 } },
    pictures: [],
    ...over,
  };
}

/** The case everybody looks at: overlapping findings, one exempt, hints, an account-level one. */
export function bigCase(row: QueueRow): CaseView {
  const main = post();
  const second = post({ title: '普工长期招聘', text: '长白班, 每周双休, 五险一金, 男女不限。', version: 1, level: 'lead', score: 40 });
  const on = { postId: main.id, captureId: main.capture?.id ?? null };
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    level: 'statutory',
    priority: 86,
    contributions: [
      { label: '明文违禁疑点 2', points: 60 },
      { label: '许可名录未查到', points: 16 },
      { label: '近 90 日第 3 次', points: 10 },
    ],
    version: 7,
    openedAt: row.openedAt,
    dueAt: row.dueAt,
    daysLeft: row.daysLeft,
    claimedBy: row.claimedBy,
    leaseUntil: null,
    waitReason: null,
    waitUntil: null,
    outcome: null,
    outcomeReason: null,
    account: account(0, { id: row.account.id, name: row.account.name, platform: row.account.platform, subjectName: row.account.subjectName }),
    earlier: [
      { id: uuid(), number: 'HR-2026-0118', state: 'closed', outcome: 'enforced', openedAt: ago(60 * 24 * 80) },
      { id: uuid(), number: 'HR-2026-0207', state: 'closed', outcome: 'no_violation', openedAt: ago(60 * 24 * 40) },
    ],
    findings: [
      finding('charging-jobseekers', '入职前交服装费300元, 满三个月退还', on),
      finding('gender-restriction', '仅限男性, 女性勿扰', {
        ...on,
        score: 0.95,
        articles: [article('women-2022.43.1', '妇女权益保障法', '第四十三条第一项'), article('employment-2007.27', '就业促进法', '第二十七条')],
      }),
      finding('gender-restriction', '男', { ...on, field: 'sex', start: 0, end: 1, score: 0.9, by: 'sex.field@1' }),
      finding('training-loan', '零元入学, 培训费从工资里分期扣', { ...on, score: 0.88, source: 'model', by: 'bayes@2026-11-20' }),
      finding('exaggerated-pay', '培训费从工资里分期扣', { ...on, score: 0.61, why: '与培训贷疑点重叠, 用以核对两处标记。' }),
      finding('acts-as-intermediary', '为周边多家工厂代招普工', { ...on, score: 0.8 }),
      finding('unlicensed-intermediary', null, {
        source: 'licence',
        by: 'list@2026-11-01',
        score: 0.7,
        why: '在演示名录 2026-11-01 中未查到该主体, 疑似未经许可从事职业中介。',
      }),
      finding('age-limit', '年龄 18-35 岁', on),
      finding('appearance', '身高 170 以上', on),
      finding('charging-jobseekers', '不收任何押金', { ...on, exempt: true, ground: '否定语, 声明不收费', why: '原文是否定。' }),
    ],
    posts: [main, second],
    postCount: 2,
    accountCapture: {
      id: uuid(),
      fetchedAt: ago(440),
      sha256: SHA,
      hasShot: true,
      shotFrom: 'sealed',
      ledgerSeq: 1041,
      seal: { state: 'unsigned', root: null },
    },
    proposal: null,
    suggested: {
      measure: 'suspend_service',
      days: 30,
      reason: '该账号发布的招聘信息疑似向求职者收取服装费、以性别限制录用, 依《就业促进法》等规定, 请贵平台暂停其招聘信息发布服务三十日, 并将处置结果回告。',
      why: '近 90 日第 3 次, 上次措施为警示提醒',
    },
    notices: [],
    events: [
      { id: uuid(), at: ago(420), actor: '巡查服务', action: 'open', from: null, to: 'open', data: {} },
      { id: uuid(), at: ago(80), actor: REVIEWER.name, action: 'note', from: null, to: null, data: { text: '上月同号曾整改' } },
    ],
    may: {},
  };
}
