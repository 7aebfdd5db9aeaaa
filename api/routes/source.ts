/** Sources and candidates: what is visited, what was come across, and what people decide about it. */
import { PinchaError } from '../../core/errors.ts';
import type { CandidateRow, CheckedSource, SourceRow } from '../../core/model/api-source.ts';
import {
  candidateDecision,
  candidatePage,
  candidateQuery,
  candidateRow as candidateSchema,
  newSourceBody,
  type SourceDesk,
  seedAnswer,
  seedBody,
  sourceCounts,
  sourceKindList,
  sourcePage,
  sourceQuery,
  sourceRow as sourceSchema,
  sourceSwitch,
} from '../../core/model/api-source.ts';
import type { Actor } from '../../core/model/role.ts';
import { type Db, inTransaction } from '../../db/connect.ts';
import { appendAudit } from '../../db/repositories/audit.ts';
import { countProposed, decideCandidate, type ListedCandidate, lockCandidate, propose, readCandidates } from '../../db/repositories/discovery.ts';
import { readSources, type SourceRecord } from '../../db/repositories/read-source.ts';
import { addSource, readSource, setSourceActive } from '../../db/repositories/source.ts';
import { whoOf } from '../auth/door.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { iso } from '../views/account.ts';
import { boardRoutes } from './boards.ts';
import { idParams } from './shapes.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const sourceView = ({ s, counts, detail, nightly }: SourceRecord): SourceRow => ({
  id: s.id,
  platform: s.platform,
  name: s.name,
  url: s.url,
  role: s.role,
  active: s.active,
  intervalHours: s.intervalHours,
  nightly,
  lastVisitedAt: iso(s.lastVisitedAt),
  lastOutcome: s.lastOutcome,
  lastDetail: detail,
  nextDueAt: s.nextDueAt.toISOString(),
  pages: counts?.pages ?? null,
  posts: counts?.posts ?? null,
  createdAt: s.createdAt.toISOString(),
});

const candidateView = (c: ListedCandidate): CandidateRow => ({
  id: c.id,
  platform: c.platform,
  name: c.name,
  url: c.url,
  state: c.state,
  seen: c.seen,
  again: c.again,
  firstSeenAt: c.firstSeenAt.toISOString(),
  lastSeenAt: c.lastSeenAt.toISOString(),
  decidedBy: c.decidedByName,
  decidedAt: iso(c.decidedAt),
  reason: c.reason,
  sourceId: c.sourceId,
  grounds: c.grounds.map((g) => ({
    kind: g.kind,
    speaker: g.speakerName,
    accountId: g.kind !== 'seed' && g.kind !== 'search' && UUID.test(g.speaker) ? g.speaker : null,
    quote: g.quote,
    times: g.times,
    at: g.lastAt.toISOString(),
  })),
});

interface By {
  readonly actor: Actor;
  readonly ip: string;
  readonly now: Date;
}

/** Keeps a source and who added it. @returns its id @throws GUARD_FAILED when there is one of that address */
async function keepSource(tx: Db, checked: CheckedSource, given: { name: string; role: 'visit' | 'search' }, by: By): Promise<string> {
  const { name, role } = given;
  const id = await addSource(tx, { ...checked, name, role }, by.now);
  if (!id) throw new PinchaError('GUARD_FAILED', { reason: '该来源已存在' });
  const data = { platform: checked.platform, url: checked.url, name, role };
  await appendAudit(tx, [{ action: 'source.add', subjectType: 'source', subjectId: id, data }], by.actor, by.now, by.ip);
  return id;
}

async function shown(db: Db, id: string): Promise<SourceRow> {
  const { items } = await readSources(db, { id }, undefined, 1);
  if (!items[0]) throw new PinchaError('NOT_FOUND', { what: '来源' });
  return sourceView(items[0]);
}

function candidateRoutes(app: Api, deps: ApiDeps, desk: SourceDesk): void {
  app.get('/candidates', { config: { needs: ['run.read'] }, schema: { querystring: candidateQuery, response: { 200: candidatePage } } }, async (req) => {
    const { cursor, limit, ...filter } = req.query;
    const found = await readCandidates(deps.db, filter, cursor, limit);
    return { items: found.items.map(candidateView), nextCursor: found.nextCursor };
  });
  app.get('/candidates/counts', { config: { needs: ['run.read'] }, schema: { response: { 200: sourceCounts } } }, async () => ({
    proposed: await countProposed(deps.db),
  }));
  app.post('/candidates', { config: { needs: ['source.manage'] }, schema: { body: seedBody, response: { 200: seedAnswer } } }, async (req) => {
    const { actor } = whoOf(req);
    const now = deps.clock.now();
    const { proposals, unread } = desk.seeds(req.body.text);
    const proposed = await inTransaction(deps.db, async (tx) => {
      const n = await propose(tx, proposals, { id: actor.id, name: actor.name, postId: null, captureId: null }, now);
      await appendAudit(
        tx,
        [{ action: 'candidate.seed', subjectType: 'candidate', subjectId: '-', data: { lines: proposals.length, proposed: n } }],
        actor,
        now,
        req.ip,
      );
      return n;
    });
    return { proposed, unread };
  });
  app.post(
    '/candidates/:id/decision',
    { config: { needs: ['source.manage'] }, schema: { params: idParams, body: candidateDecision, response: { 200: candidateSchema } } },
    async (req) => {
      const { actor } = whoOf(req);
      const now = deps.clock.now();
      const { body } = req;
      await inTransaction(deps.db, async (tx) => {
        const found = await lockCandidate(tx, req.params.id);
        if (!found) throw new PinchaError('NOT_FOUND', { what: '候选来源' });
        if (found.state !== 'proposed') throw new PinchaError('STALE', { what: 'candidate' });
        const sourceId = body.accept ? await keepSource(tx, desk.check(found.platform, body.fields), body, { actor, ip: req.ip, now }) : null;
        const reason = body.accept ? null : body.reason;
        await decideCandidate(tx, found.id, { state: body.accept ? 'accepted' : 'refused', by: actor, reason, sourceId, now });
        const data = { platform: found.platform, name: found.name, url: found.url, ...(reason ? { reason } : {}), ...(sourceId ? { sourceId } : {}) };
        const action = body.accept ? 'candidate.accept' : 'candidate.refuse';
        await appendAudit(tx, [{ action, subjectType: 'candidate', subjectId: found.id, data }], actor, now, req.ip);
      });
      const { items } = await readCandidates(deps.db, { id: req.params.id }, undefined, 1);
      if (!items[0]) throw new PinchaError('NOT_FOUND', { what: '候选来源' });
      return candidateView(items[0]);
    },
  );
}

export function sourceRoutes(app: Api, deps: ApiDeps): void {
  const desk = deps.sources;
  if (!desk) return;
  app.get('/sources', { config: { needs: ['run.read'] }, schema: { querystring: sourceQuery, response: { 200: sourcePage } } }, async (req) => {
    const { cursor, limit, active, ...filter } = req.query;
    const found = await readSources(deps.db, { ...filter, ...(active ? { active: active === 'true' } : {}) }, cursor, limit);
    return { items: found.items.map(sourceView), nextCursor: found.nextCursor };
  });
  app.get('/source-kinds', { config: { needs: ['run.read'] }, schema: { response: { 200: sourceKindList } } }, async () => ({ items: desk.kinds() }));
  app.post('/sources', { config: { needs: ['source.manage'] }, schema: { body: newSourceBody, response: { 200: sourceSchema } } }, async (req) => {
    const { actor } = whoOf(req);
    const { platform, name, role, fields } = req.body;
    const by = { actor, ip: req.ip, now: deps.clock.now() };
    const id = await inTransaction(deps.db, (tx) => keepSource(tx, desk.check(platform, fields), { name, role }, by));
    return shown(deps.db, id);
  });
  app.post(
    '/sources/:id/active',
    { config: { needs: ['source.manage'] }, schema: { params: idParams, body: sourceSwitch, response: { 200: sourceSchema } } },
    async (req) => {
      const { actor } = whoOf(req);
      const { active } = req.body;
      await inTransaction(deps.db, async (tx) => {
        const found = await readSource(tx, req.params.id);
        if (!found) throw new PinchaError('NOT_FOUND', { what: '来源' });
        if (found.active === active) return;
        await setSourceActive(tx, found.id, active);
        const action = active ? 'source.resume' : 'source.pause';
        await appendAudit(
          tx,
          [{ action, subjectType: 'source', subjectId: found.id, data: { name: found.name, url: found.url } }],
          actor,
          deps.clock.now(),
          req.ip,
        );
      });
      return shown(deps.db, req.params.id);
    },
  );
  candidateRoutes(app, deps, desk);
  boardRoutes(app, deps, desk, (id) => shown(deps.db, id));
}
