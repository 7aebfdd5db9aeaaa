/** Clusters of accounts: the list, one cluster, an account's share in it, and taking a shared thing off as a link. */
import { z } from 'zod';
import { maskText } from '../../cases/review/mask.ts';
import { PinchaError } from '../../core/errors.ts';
import { pageQuery } from '../../core/model/api.ts';
import {
  type AccountParty,
  accountParty,
  type ClusterRow,
  type ClusterView,
  clusterPage,
  clusterView as clusterViewSchema,
  ignoreBody,
} from '../../core/model/api-network.ts';
import { recordAudit } from '../../db/repositories/audit.ts';
import { ignoreThing } from '../../db/repositories/network.ts';
import { addToOutbox } from '../../db/repositories/outbox.ts';
import { readAccount } from '../../db/repositories/read-account.ts';
import {
  type ClusterRecord,
  clusterOfAccount,
  type MemberRecord,
  namesOfAccounts,
  readCluster,
  readClusterEvents,
  readClusterShared,
  readClusters,
  readIgnored,
  readMembers,
  readReposts,
  readShared,
  type SharedRecord,
  summariseClusters,
} from '../../db/repositories/read-network.ts';
import { whoOf } from '../auth/door.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { idParams } from './shapes.ts';

const SHOWN = 60;
const NAMED = 3;
const SAME = 20;
const missing = (what: string): PinchaError => new PinchaError('NOT_FOUND', { what });

const named = ({ account: a }: MemberRecord) => ({ id: a.id, platform: a.platform, name: maskText(a.name), level: a.level, score: a.score, banned: a.banned });
const memberView = (m: MemberRecord) => ({
  ...named(m),
  subjectName: m.account.subjectName,
  subjectType: m.account.subjectType,
  licenceVerdict: m.account.licenceVerdict,
  status: m.account.status,
  firstSeenAt: m.account.firstSeenAt.toISOString(),
  joinedAt: m.joinedAt.toISOString(),
  case: m.caseId && m.caseNumber ? { id: m.caseId, number: m.caseNumber } : null,
});
const thingView = ({ entities, ...thing }: SharedRecord) => ({
  ...thing,
  label: maskText(thing.label),
  parties: entities,
  firstSeenAt: thing.firstSeenAt.toISOString(),
  ignored: thing.ignored && { ...thing.ignored, at: thing.ignored.at.toISOString() },
  holders: thing.holders.map((h) => ({ ...h, firstSeenAt: h.firstSeenAt.toISOString() })),
});
const times = (c: ClusterRecord) => ({ firstSeenAt: c.firstSeenAt.toISOString(), changedAt: c.changedAt.toISOString() });

async function rows(deps: ApiDeps, records: readonly ClusterRecord[]): Promise<ClusterRow[]> {
  const ids = records.map((c) => c.id);
  const [members, sums, shared] = await Promise.all([
    readMembers(deps.db, ids, NAMED),
    summariseClusters(deps.db, ids),
    readClusterShared(deps.db, ids, NAMED),
  ]);
  return records.map((c) => ({
    id: c.id,
    size: c.size,
    topScore: c.topScore,
    ...times(c),
    banned: sums.get(c.id)?.banned ?? 0,
    platforms: sums.get(c.id)?.platforms ?? [],
    accounts: members.filter((m) => m.clusterId === c.id).map(named),
    shared: (shared.get(c.id) ?? []).map(({ kind, label, n }) => ({ kind, label: maskText(label), accounts: n })),
  }));
}

async function show(deps: ApiDeps, id: string): Promise<ClusterView> {
  const found = await readCluster(deps.db, id);
  if (!found) throw missing('账号团伙');
  const [members, events] = await Promise.all([readMembers(deps.db, [id], SHOWN), readClusterEvents(deps.db, id)]);
  const [things, names] = await Promise.all([
    readShared(
      deps.db,
      members.map((m) => m.account.id),
    ),
    namesOfAccounts(deps.db, [...new Set(events.flatMap((e) => e.accounts.slice(0, NAMED)))]),
  ]);
  return {
    id,
    state: found.state,
    mergedInto: found.mergedInto,
    size: found.size,
    topScore: found.topScore,
    ...times(found),
    formedAt: found.formedAt.toISOString(),
    accounts: members.map(memberView),
    things: things.map(thingView),
    events: events.map((e) => ({
      id: e.id,
      at: e.at.toISOString(),
      action: e.action,
      size: e.size,
      otherId: e.otherId,
      accounts: e.accounts.slice(0, NAMED).map((account) => ({ id: account, name: maskText(names.get(account) ?? '') })),
    })),
  };
}

async function partyOf(deps: ApiDeps, accountId: string): Promise<AccountParty> {
  if (!(await readAccount(deps.db, accountId))) throw missing('账号');
  const [cluster, reposts, ignored] = await Promise.all([
    clusterOfAccount(deps.db, accountId),
    readReposts(deps.db, accountId),
    readIgnored(deps.db, accountId),
  ]);
  const members = cluster ? (await readMembers(deps.db, [cluster.id], SHOWN)).filter((m) => m.account.id !== accountId).slice(0, SAME) : [];
  const things = await readShared(deps.db, [accountId, ...members.map((m) => m.account.id)]);
  const held = things.filter((thing) => !thing.ignored && thing.holders.some((h) => h.accountId === accountId));
  const names = await namesOfAccounts(
    deps.db,
    reposts.map((r) => r.firstAccountId),
  );
  return {
    cluster,
    same: members.map((m) => ({
      ...named(m),
      shared: held.filter((thing) => thing.holders.some((h) => h.accountId === m.account.id)).map(({ kind, label }) => ({ kind, label: maskText(label) })),
    })),
    reposts: reposts.map(({ firstAccountId, ...r }) => ({
      ...r,
      label: maskText(r.label),
      firstAt: r.firstAt.toISOString(),
      first: names.has(firstAccountId) ? { id: firstAccountId, name: maskText(names.get(firstAccountId) ?? '') } : null,
    })),
    ignored: ignored.map((one) => ({ ...one, at: one.at.toISOString() })),
  };
}

export function networkRoutes(app: Api, deps: ApiDeps): void {
  app.get('/clusters', { config: { needs: ['account.read'] }, schema: { querystring: pageQuery, response: { 200: clusterPage } } }, async (req) => {
    const found = await readClusters(deps.db, req.query.cursor, req.query.limit);
    return { items: await rows(deps, found.items), nextCursor: found.nextCursor };
  });
  app.get('/clusters/:id', { config: { needs: ['account.read'] }, schema: { params: idParams, response: { 200: clusterViewSchema } } }, (req) =>
    show(deps, req.params.id),
  );
  app.get('/accounts/:id/party', { config: { needs: ['account.read', 'case.read'] }, schema: { params: idParams, response: { 200: accountParty } } }, (req) =>
    partyOf(deps, req.params.id),
  );
  app.post(
    '/shared-things/:id',
    { config: { needs: ['case.review'] }, schema: { params: idParams, body: ignoreBody, response: { 200: z.object({ ok: z.literal(true) }) } } },
    async (req) => {
      const { actor } = whoOf(req);
      const { ignore, reason } = req.body;
      const now = deps.clock.now();
      await deps.db.transaction(async (tx) => {
        if (!(await ignoreThing(tx, req.params.id, ignore ? { by: actor.name, reason } : null, now))) throw missing('该共用信息');
        await addToOutbox(tx, [{ topic: 'network.cluster', payload: {} }], now);
        const told = { action: ignore ? 'network.ignore' : 'network.restore', subjectType: 'thing', subjectId: req.params.id, data: { reason } };
        await recordAudit(tx, told, actor, now, req.ip);
      });
      return { ok: true as const };
    },
  );
}
