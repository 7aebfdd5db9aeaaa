/** Drafts of packs on their way into force, replays and re-screenings over the archive, and the sample that people judge. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { decideRevision, REVISION_ACTIONS, type RevisionFacts, revisionFault } from '../../cases/workflow/rule-machine.ts';
import { sha256 } from '../../core/digest.ts';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import {
  checkBody,
  type DraftReportView,
  differencePage,
  differenceQuery,
  draftBody,
  draftReport,
  jobPage,
  jobQuery,
  jobView as jobViewSchema,
  judgeBody,
  packView,
  type RevisionView,
  type RuleDesk,
  replayBody,
  revisionAction,
  revisionPage,
  revisionQuery,
  revisionView,
} from '../../core/model/api-rule.ts';
import type { Actor } from '../../core/model/role.ts';
import { SAMPLE_SIZE } from '../../core/model/rule.ts';
import type { Db } from '../../db/connect.ts';
import { recordAudit } from '../../db/repositories/audit.ts';
import { addDraft, formerTexts, moveRevision, type Revision, readRevision, readRevisions, readRuleEvents, retirePack } from '../../db/repositories/rule.ts';
import {
  countVerdicts,
  endRuleJob,
  judgeDifference,
  readDifferences,
  readRuleJob,
  readRuleJobs,
  readShadowNights,
  resumeRuleJob,
  startRuleJob,
} from '../../db/repositories/rule-job.ts';
import { whoOf } from '../auth/door.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { differenceView, estimateView, eventView, jobView, revisionRow } from '../views/rule.ts';
import { idParams } from './shapes.ts';

const missing = (what: string): PinchaError => new PinchaError('NOT_FOUND', { what });
const digestOf = (text: string | null): string | null => (text === null ? null : sha256(text));

interface Checked {
  readonly report: DraftReportView | null;
  readonly fault: string | null;
}
/** A draft that is wrong is shown with its fault; nothing is refused by looking. */
async function look(db: Db, desk: RuleDesk, row: Pick<Revision, 'pack' | 'text' | 'state'>): Promise<Checked> {
  try {
    return { report: desk.check(row.text, row.state === 'retired' ? [] : await formerTexts(db, row.pack)), fault: null };
  } catch (error) {
    if (!(error instanceof PinchaError)) throw error;
    return { report: null, fault: reasonOf(error) };
  }
}

async function factsOf(db: Db, desk: RuleDesk, row: Revision, { report, fault }: Checked): Promise<RevisionFacts> {
  const [jobs, nights] = await Promise.all([readRuleJobs(db, { revisionId: row.id, kind: 'replay' }, undefined, 50), readShadowNights(db, row.id)]);
  return {
    state: row.state,
    authorId: row.authorId,
    basedOn: row.basedOn,
    inForce: digestOf(desk.packText(row.pack)),
    tried: nights.some((n) => n.posts > 0) || jobs.items.some((j) => j.state === 'done' && j.text === row.text),
    fault,
    wrongExamples: report?.wrong.length ?? 0,
  };
}

async function show(deps: ApiDeps, desk: RuleDesk, id: string, actor: Actor): Promise<RevisionView> {
  const row = await readRevision(deps.db, id);
  if (!row) throw missing('规则草稿');
  const checked = await look(deps.db, desk, row);
  const [facts, shadow, jobs, events] = await Promise.all([
    factsOf(deps.db, desk, row, checked),
    readShadowNights(deps.db, id),
    readRuleJobs(deps.db, { revisionId: id }, undefined, 20),
    readRuleEvents(deps.db, { pack: row.pack }, 50),
  ]);
  const may = Object.fromEntries(REVISION_ACTIONS.map((action) => [action, revisionFault(facts, action, actor)?.message ?? (true as const)]));
  return {
    ...revisionRow(row),
    ...checked,
    text: row.text,
    inForce: desk.packText(row.pack),
    may,
    shadow: shadow.map(({ revisionId: _, ...night }) => night),
    jobs: jobs.items.map(jobView),
    events: events.filter((e) => e.revisionId === id).map(eventView),
  };
}

/** One step of a revision: facts under its lock, judged, stored with event, audit entry and what follows, in one transaction. */
async function act(deps: ApiDeps, desk: RuleDesk, id: string, step: z.infer<typeof revisionAction>, actor: Actor, ip: string): Promise<void> {
  const now = deps.clock.now();
  await desk.refresh();
  await deps.db.transaction(async (tx) => {
    const row = await readRevision(tx, id, true);
    if (!row) throw missing('规则草稿');
    if (row.version !== step.version) throw new PinchaError('STALE', { what: 'rule' });
    if (step.action === 'save' && desk.nameOf(step.text) !== row.pack)
      throw new PinchaError('INPUT_INVALID', { field: 'text', reason: `规则包名须为 ${row.pack}` });
    const facts = await factsOf(tx, desk, row, await look(tx, desk, row));
    const to = decideRevision(facts, step.action, actor);
    const set = step.action === 'save' ? { text: step.text, note: step.note, basedOn: facts.inForce } : {};
    if (to === 'published') {
      await startRuleJob(
        tx,
        { kind: 'rescreen', pack: row.pack, revisionId: row.id, text: null, since: null, lawVersion: row.sha256.slice(0, 16) },
        actor,
        now,
      );
    }
    await moveRevision(tx, row, { action: step.action, to, set }, actor, now, ip);
  });
  await desk.refresh();
}

async function draft(deps: ApiDeps, desk: RuleDesk, { text, note }: z.infer<typeof draftBody>, req: FastifyRequest): Promise<RevisionView> {
  const { actor } = whoOf(req);
  const pack = desk.nameOf(text);
  desk.check(text, await formerTexts(deps.db, pack));
  const now = deps.clock.now();
  const row = await deps.db.transaction((tx) => addDraft(tx, { pack, text, note, basedOn: digestOf(desk.packText(pack)) }, actor, now, req.ip));
  return show(deps, desk, row.id, actor);
}

function jobRoutes(app: Api, deps: ApiDeps, desk: RuleDesk): void {
  const read = { needs: ['rule.read' as const] };
  app.get('/rule-jobs', { config: { needs: ['rule.read', 'run.read'] }, schema: { querystring: jobQuery, response: { 200: jobPage } } }, async (req) => {
    const { cursor, limit, ...filter } = req.query;
    const found = await readRuleJobs(deps.db, filter, cursor, limit);
    return { items: found.items.map(jobView), nextCursor: found.nextCursor };
  });
  app.post('/rule-jobs/rescreen', { config: { needs: ['run.start'] }, schema: { response: { 200: jobViewSchema } } }, async (req) => {
    const { actor } = whoOf(req);
    const wish = { kind: 'rescreen' as const, pack: null, revisionId: null, text: null, since: null, lawVersion: desk.version() };
    const job = await deps.db.transaction((tx) => startRuleJob(tx, wish, actor, deps.clock.now()));
    await recordAudit(deps.db, { action: 'rule.rescreen', subjectType: 'rule', subjectId: job.id, data: {} }, actor, deps.clock.now(), req.ip);
    return jobView(job);
  });
  for (const verb of ['stop', 'resume'] as const) {
    app.post(
      `/rule-jobs/:id/${verb}`,
      { config: { needs: ['rule.draft', 'rule.publish', 'run.start'] }, schema: { params: idParams, response: { 200: jobViewSchema } } },
      async (req) => {
        const now = deps.clock.now();
        await deps.db.transaction(async (tx) => (verb === 'stop' ? endRuleJob(tx, req.params.id, 'stopped', now) : resumeRuleJob(tx, req.params.id, now)));
        const job = await readRuleJob(deps.db, req.params.id);
        if (!job) throw missing('任务');
        return jobView(job);
      },
    );
  }
  app.get(
    '/rule-differences/:id',
    { config: read, schema: { params: idParams, querystring: differenceQuery, response: { 200: differencePage } } },
    async (req) => {
      const { change, cursor, limit } = req.query;
      const [found, verdicts] = await Promise.all([
        readDifferences(deps.db, req.params.id, change, cursor, limit),
        countVerdicts(deps.db, req.params.id, SAMPLE_SIZE),
      ]);
      return { items: found.items.map(differenceView), nextCursor: found.nextCursor, estimate: estimateView(verdicts, change) };
    },
  );
  app.post('/rule-differences/:id/judge', { config: { needs: ['rule.draft', 'rule.publish'] }, schema: { params: idParams, body: judgeBody } }, async (req) => {
    const done = await judgeDifference(deps.db, req.params.id, req.body.verdict, whoOf(req).actor, deps.clock.now());
    if (!done) throw missing('差异');
    return { ok: true as const };
  });
}

export function revisionRoutes(app: Api, deps: ApiDeps, desk: RuleDesk): void {
  const read = { needs: ['rule.read' as const] };
  app.get('/rule-revisions', { config: read, schema: { querystring: revisionQuery, response: { 200: revisionPage } } }, async (req) => {
    const { cursor, limit, ...filter } = req.query;
    const found = await readRevisions(deps.db, filter, cursor, limit);
    return { items: found.items.map(revisionRow), nextCursor: found.nextCursor };
  });
  app.get('/rule-packs/:pack', { config: read, schema: { params: z.object({ pack: z.string().max(60) }), response: { 200: packView } } }, async (req) => {
    const text = desk.packText(req.params.pack);
    if (text === null) throw missing('规则包');
    const published = await readRevisions(deps.db, { pack: req.params.pack, state: 'published' }, undefined, 1);
    return { pack: req.params.pack, text, revisionId: published.items[0]?.id ?? null };
  });
  app.post('/rule-packs/:pack/restore', { config: { needs: ['rule.publish'] }, schema: { params: z.object({ pack: z.string().max(60) }) } }, async (req) => {
    const { actor } = whoOf(req);
    const now = deps.clock.now();
    const changed = await deps.db.transaction(async (tx) => {
      await startRuleJob(tx, { kind: 'rescreen', pack: req.params.pack, revisionId: null, text: null, since: null, lawVersion: 'shipped' }, actor, now);
      return retirePack(tx, req.params.pack, actor, now, req.ip);
    });
    await desk.refresh();
    return { changed };
  });
  app.post(
    '/rule-revisions/check',
    { config: { needs: ['rule.draft', 'rule.publish'] }, schema: { body: checkBody, response: { 200: draftReport } } },
    async (req) => desk.check(req.body.text, await formerTexts(deps.db, desk.nameOf(req.body.text))),
  );
  app.post('/rule-revisions', { config: { needs: ['rule.draft'] }, schema: { body: draftBody, response: { 200: revisionView } } }, (req) =>
    draft(deps, desk, req.body, req),
  );
  app.get('/rule-revisions/:id', { config: read, schema: { params: idParams, response: { 200: revisionView } } }, (req) =>
    show(deps, desk, req.params.id, whoOf(req).actor),
  );
  app.post(
    '/rule-revisions/:id/actions',
    { config: { needs: ['rule.draft', 'rule.publish'] }, schema: { params: idParams, body: revisionAction, response: { 200: revisionView } } },
    async (req) => {
      const { actor } = whoOf(req);
      await act(deps, desk, req.params.id, req.body, actor, req.ip);
      return show(deps, desk, req.params.id, actor);
    },
  );
  app.post(
    '/rule-revisions/:id/replay',
    { config: { needs: ['rule.draft', 'rule.publish'] }, schema: { params: idParams, body: replayBody, response: { 200: jobViewSchema } } },
    async (req) => {
      const row = await readRevision(deps.db, req.params.id);
      if (!row) throw missing('规则草稿');
      desk.check(row.text, row.state === 'retired' ? [] : await formerTexts(deps.db, row.pack));
      const since = req.body.since ? new Date(`${req.body.since}T00:00:00+08:00`) : null;
      const wish = { kind: 'replay' as const, pack: row.pack, revisionId: row.id, text: row.text, since, lawVersion: desk.version() };
      return jobView(await deps.db.transaction((tx) => startRuleJob(tx, wish, whoOf(req).actor, deps.clock.now())));
    },
  );
  jobRoutes(app, deps, desk);
}
