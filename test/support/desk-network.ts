/** Made-up clusters for looking at the desk: one of fourteen accounts in two rings, one of two, and one that was merged. */
import type { AccountParty, ClusterRow, ClusterView } from '../../core/model/api-network.ts';
import type { ThingKind } from '../../core/model/network.ts';
import { account, ago, uuid } from './desk-fixtures.ts';

const member = (i: number) => {
  const { id, platform, name, subjectName, subjectType, licenceVerdict, level, banned, firstSeenAt } = account(i);
  const status = banned ? ('suspended' as const) : ('active' as const);
  return {
    id,
    platform,
    name: i < 6 ? name : `${name}${i}站`,
    subjectName,
    subjectType,
    licenceVerdict,
    level: i % 5 === 4 ? ('none' as const) : level,
    score: Math.max(0, 92 - i * 6),
    status,
    banned,
    firstSeenAt,
    joinedAt: ago(900 * i),
    case: i % 3 === 0 ? { id: uuid(), number: `HR-2026-${300 + i}` } : null,
  };
};

function thing(kind: ThingKind, label: string, accounts: ClusterView['accounts'], own: (i: number) => boolean = () => true): ClusterView['things'][number] {
  return {
    id: uuid(),
    kind,
    label,
    accounts: accounts.length + 1,
    parties: accounts.length,
    firstSeenAt: ago(60 * 24 * 30),
    firstAccountId: accounts[0]?.id ?? uuid(),
    ignored: null,
    holders: accounts.map((a, i) => ({
      accountId: a.id,
      own: own(i),
      posts: kind === 'subject' ? 0 : 2 + i,
      postId: kind === 'subject' ? null : uuid(),
      firstSeenAt: ago(700 * i),
    })),
  };
}

const accounts = Array.from({ length: 14 }, (_, i) => member(i));
const pick = (...at: number[]): ClusterView['accounts'] => at.flatMap((i) => accounts[i] ?? []);

export const BIG_CLUSTER: ClusterView = {
  id: uuid(),
  state: 'live',
  mergedInto: null,
  size: 14,
  topScore: 92,
  firstSeenAt: ago(60 * 24 * 40),
  formedAt: ago(60 * 24 * 12),
  changedAt: ago(500),
  accounts,
  things: [
    thing('subject', '渡口企业管理咨询工作室', pick(0, 3)),
    thing('phone', '138****8821', pick(0, 1, 2, 5, 7, 8)),
    thing('phone', '159****0317', pick(3, 4, 6)),
    thing('wechat', 'dk_****1234', pick(5, 6, 9, 10), (i) => i !== 3),
    thing('qq', '331****9020', pick(9, 11)),
    thing('qr', 'htt****x0aQ', pick(10, 12, 13)),
    thing('picture', '3f0c9a17', pick(1, 2)),
    thing('picture', '77e0129b', pick(1, 2)),
    ...['急招电子厂操作工', '包吃住普工长期', '晚班分拣日结'].map((label) => thing('text', label, pick(0, 5, 8), (i) => i === 0)),
  ],
  events: [
    { id: uuid(), at: ago(500), action: 'joined', size: 14, otherId: null, accounts: pick(12, 13).map(({ id, name }) => ({ id, name })) },
    { id: uuid(), at: ago(60 * 24 * 4), action: 'merged', size: 12, otherId: uuid(), accounts: pick(9, 10, 11).map(({ id, name }) => ({ id, name })) },
    { id: uuid(), at: ago(60 * 24 * 12), action: 'formed', size: 9, otherId: null, accounts: pick(0, 1, 2).map(({ id, name }) => ({ id, name })) },
  ],
};
export const ENDED_CLUSTER: ClusterView = {
  ...BIG_CLUSTER,
  id: uuid(),
  state: 'merged',
  mergedInto: BIG_CLUSTER.id,
  size: 0,
  accounts: [],
  things: [],
  events: [],
};

const row = (view: ClusterView, n: number): ClusterRow => ({
  id: view.id,
  size: view.size,
  topScore: view.topScore,
  firstSeenAt: view.firstSeenAt,
  changedAt: view.changedAt,
  banned: view.accounts.filter((a) => a.banned).length,
  platforms: [...new Set(view.accounts.map((a) => a.platform))],
  accounts: view.accounts.slice(0, 3),
  shared: view.things.slice(0, n).map(({ kind, label, holders }) => ({ kind, label, accounts: holders.length })),
});
export const clusterRows = (): ClusterRow[] => [
  row(BIG_CLUSTER, 3),
  ...[1, 4].map((i) => ({ ...row({ ...BIG_CLUSTER, accounts: pick(i, i + 1) }, 1), id: uuid(), size: 2, topScore: 40 - i })),
];

export const partyOf = (accountId: string): AccountParty => ({
  cluster: { id: BIG_CLUSTER.id, size: BIG_CLUSTER.size },
  same: pick(1, 5, 3).map((a, i) => ({ ...a, shared: i === 2 ? [] : BIG_CLUSTER.things.slice(1, 3).map(({ kind, label }) => ({ kind, label })) })),
  reposts: [
    {
      id: uuid(),
      label: '急招电子厂操作工 20 名',
      posts: 9,
      accounts: 4,
      employers: 5,
      firstAt: ago(60 * 24 * 20),
      first: { id: uuid(), name: '渡口招工速递' },
    },
    { id: uuid(), label: '包吃住普工长期', posts: 3, accounts: 2, employers: 1, firstAt: ago(60 * 24 * 9), first: { id: accountId, name: '本账号' } },
  ],
  ignored: [{ id: uuid(), kind: 'phone', label: '400****0000', by: '林静', at: ago(3_000), reason: '平台热线' }],
});
