/** The queue and the case: reading, claiming the best one, deciding, unmasking (logged), and the draft document. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { composeNotice } from '../../cases/notice/compose.ts';
import { noticeDocument } from '../../cases/notice/document.ts';
import { decideCase } from '../../cases/workflow/case-machine.ts';
import { noticeDue } from '../../cases/workflow/deadlines.ts';
import { PinchaError } from '../../core/errors.ts';
import { type CaseAction, type CaseView, caseAction, caseView as caseViewSchema, queueCounts, queuePage, queueQuery } from '../../core/model/api.ts';
import type { CaseFacts } from '../../core/model/facts.ts';
import { patiently } from '../../db/connect.ts';
import { recordAudit } from '../../db/repositories/audit.ts';
import { bestOpenCase, loadCaseFacts } from '../../db/repositories/case.ts';
import { applyEffects } from '../../db/repositories/effects.ts';
import { readCase } from '../../db/repositories/read-case.ts';
import { countQueue, readQueue } from '../../db/repositories/read-queue.ts';
import { type Who, whoOf } from '../auth/door.ts';
import { type Api, type ApiDeps, officeOf, readsPictures } from '../deps.ts';
import { MASKED, type Showing } from '../views/account.ts';
import { caseView, queueRow } from '../views/case.ts';
import { idParams, sendDocument } from './shapes.ts';

const missing = (): PinchaError => new PinchaError('NOT_FOUND', { what: '案件' });

async function show(deps: ApiDeps, id: string, who: Who, showing: Showing = MASKED): Promise<CaseView> {
  const [record, facts] = await Promise.all([readCase(deps.db, id), loadCaseFacts(deps.db, id, false)]);
  if (!record || !facts) throw missing();
  return caseView(record, facts, who.actor, deps.clock.now(), { ...showing, reads: readsPictures(deps.config) });
}

/** One decision: facts under the row lock, judged, stored, all in one transaction. */
async function act(deps: ApiDeps, id: string, action: CaseAction, who: Who, ip: string): Promise<void> {
  const now = deps.clock.now();
  await patiently(deps.db, async (tx) => {
    const facts = await loadCaseFacts(tx, id, true);
    if (!facts) throw missing();
    await applyEffects(tx, decideCase(facts, action, who.actor, now, officeOf(deps.config)), who.actor, now, ip);
  });
}

/** Claims the best case nobody holds. */
function takeNext(deps: ApiDeps, who: Who, ip: string): Promise<string | null> {
  const now = deps.clock.now();
  return patiently(deps.db, async (tx) => {
    const id = await bestOpenCase(tx, who.user.id, now);
    const facts = id && (await loadCaseFacts(tx, id, true));
    if (!facts) return null;
    await applyEffects(tx, decideCase(facts, { action: 'claim', version: facts.version }, who.actor, now, officeOf(deps.config)), who.actor, now, ip);
    return facts.id;
  });
}

/** What the platform would receive, before anybody approved it. */
function draftDocument(deps: ApiDeps, facts: CaseFacts): string {
  const { proposal } = facts;
  if (!proposal) throw new PinchaError('NOT_FOUND', { what: '提请' });
  const now = deps.clock.now();
  const office = officeOf(deps.config);
  const frozen = new Set(proposal.findingIds);
  const number = `${facts.number}-T${facts.notices.length + 1}`;
  const issue = { id: 'draft', number, supersedes: null, now, ...noticeDue(now, office) };
  const body = composeNotice(
    facts,
    proposal,
    facts.findings.filter((f) => frozen.has(f.id)),
    office,
    issue,
  );
  return noticeDocument(body, { draft: true, platformName: facts.platformName });
}

export function caseRoutes(app: Api, deps: ApiDeps): void {
  app.get('/queue', { config: { needs: ['case.read'] }, schema: { querystring: queueQuery, response: { 200: queuePage } } }, async (req) => {
    const { cursor, limit, mine, overdue, returned, ...filter } = req.query;
    const now = deps.clock.now();
    const me = whoOf(req).user.id;
    const own = { claimedBy: mine === 'true' ? me : undefined, returnedTo: returned === 'true' ? me : undefined };
    const found = await readQueue(deps.db, { ...filter, ...own, overdueAt: overdue === 'true' ? now : undefined }, cursor, limit);
    return { items: found.items.map((row) => queueRow(row, now)), nextCursor: found.nextCursor };
  });
  app.get('/queue/counts', { config: { needs: ['case.read'] }, schema: { response: { 200: queueCounts } } }, (req) =>
    countQueue(deps.db, whoOf(req).user.id, deps.clock.now()),
  );
  app.post(
    '/queue/next',
    { config: { needs: ['case.review'] }, schema: { response: { 200: z.object({ caseId: z.string().uuid().nullable() }) } } },
    async (req) => ({
      caseId: await takeNext(deps, whoOf(req), req.ip),
    }),
  );
  app.get('/cases/:id', { config: { needs: ['case.read'] }, schema: { params: idParams, response: { 200: caseViewSchema } } }, (req) =>
    show(deps, req.params.id, whoOf(req)),
  );
  app.post(
    '/cases/:id/actions',
    {
      config: { needs: ['case.review', 'case.propose', 'case.approve', 'case.assign'] },
      schema: { params: idParams, body: caseAction, response: { 200: caseViewSchema } },
    },
    async (req) => {
      await act(deps, req.params.id, req.body, whoOf(req), req.ip);
      return show(deps, req.params.id, whoOf(req));
    },
  );
  app.post('/cases/:id/unmask', { config: { needs: ['evidence.unmask'] }, schema: { params: idParams, response: { 200: caseViewSchema } } }, async (req) => {
    const view = await show(deps, req.params.id, whoOf(req), { unmasked: true });
    await logRead(deps, req, 'case.unmask', 'case', req.params.id);
    return view;
  });
  app.get('/cases/:id/document', { config: { needs: ['case.read'] }, schema: { params: idParams } }, async (req, reply) => {
    const facts = await loadCaseFacts(deps.db, req.params.id, false);
    if (!facts) throw missing();
    return sendDocument(reply, draftDocument(deps, facts));
  });
}

/** Writes who looked at unmasked content; what is not logged is not shown. */
export function logRead(deps: ApiDeps, req: FastifyRequest, action: string, subjectType: string, subjectId: string): Promise<void> {
  return recordAudit(deps.db, { action, subjectType, subjectId, data: {} }, whoOf(req).actor, deps.clock.now(), req.ip);
}
