/** Runs: the list, one run with its progress, starting and stopping. */
import { z } from 'zod';
import { PinchaError } from '../../core/errors.ts';
import { pageQuery } from '../../core/model/api.ts';
import { type RunView, runPage, runRow as runRowSchema, runView as runViewSchema } from '../../core/model/api-run.ts';
import { recordAudit } from '../../db/repositories/audit.ts';
import { readRun, readRuns } from '../../db/repositories/read-run.ts';
import { whoOf } from '../auth/door.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { runRow, runView } from '../views/run.ts';
import { idParams } from './shapes.ts';

async function show(deps: ApiDeps, id: string): Promise<RunView> {
  const detail = await readRun(deps.db, id);
  if (!detail) throw new PinchaError('NOT_FOUND', { what: '巡查' });
  return runView(detail, deps.clock.now());
}

export function runRoutes(app: Api, deps: ApiDeps): void {
  app.get('/runs', { config: { needs: ['run.read'] }, schema: { querystring: pageQuery, response: { 200: runPage } } }, async (req) => {
    const found = await readRuns(deps.db, req.query.cursor, req.query.limit);
    return { items: found.items.map(runRow), nextCursor: found.nextCursor };
  });
  app.get('/runs/:id', { config: { needs: ['run.read'] }, schema: { params: idParams, response: { 200: runViewSchema } } }, (req) => show(deps, req.params.id));
  app.post('/runs', { config: { needs: ['run.start'] }, schema: { response: { 200: runRowSchema } } }, async (req) => {
    const { actor } = whoOf(req);
    const { runId } = await deps.startRun(actor);
    await recordAudit(deps.db, { action: 'run.start', subjectType: 'run', subjectId: runId, data: {} }, actor, deps.clock.now(), req.ip);
    const detail = await readRun(deps.db, runId);
    if (!detail) throw new PinchaError('NOT_FOUND', { what: '巡查' });
    return runRow(detail.run);
  });
  app.post(
    '/runs/:id/stop',
    { config: { needs: ['run.start'] }, schema: { params: idParams, response: { 200: z.object({ ok: z.literal(true) }) } } },
    async (req) => {
      const { actor } = whoOf(req);
      await show(deps, req.params.id);
      await deps.stopRun(req.params.id);
      await recordAudit(deps.db, { action: 'run.stop', subjectType: 'run', subjectId: req.params.id, data: {} }, actor, deps.clock.now(), req.ip);
      return { ok: true as const };
    },
  );
}
