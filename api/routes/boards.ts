/** One source with its last walks, and boards that are described in YAML: tried on a page, then taken as a source. */
import {
  boardPreview,
  boardTrial,
  newBoardBody,
  type OutcomeCounts,
  type SourceDesk,
  type SourceRow,
  sourceDetail,
  sourceRow,
} from '../../core/model/api-source.ts';
import { inTransaction } from '../../db/connect.ts';
import { appendAudit, recordAudit } from '../../db/repositories/audit.ts';
import { readVisits } from '../../db/repositories/read-source.ts';
import { readSource, saveBoardSource } from '../../db/repositories/source.ts';
import { whoOf } from '../auth/door.ts';
import type { Api, ApiDeps } from '../deps.ts';
import { idParams } from './shapes.ts';

/** A page that is pasted comes as JSON, which may take two bytes for one. */
const MAX_TRIAL = 9 * 1_048_576;

function detailRoute(app: Api, deps: ApiDeps, desk: SourceDesk, shown: (id: string) => Promise<SourceRow>): void {
  app.get('/sources/:id', { config: { needs: ['run.read'] }, schema: { params: idParams, response: { 200: sourceDetail } } }, async (req) => {
    const source = await shown(req.params.id);
    const [row, { visits, outcomes, unread }] = await Promise.all([readSource(deps.db, req.params.id), readVisits(deps.db, req.params.id)]);
    const by = new Map<string, OutcomeCounts>();
    for (const { runId, outcome, n } of outcomes) by.set(runId, { ...by.get(runId), [outcome]: n });
    return {
      source,
      hosts: row?.hosts ?? [],
      board: row?.board ? desk.written(row.board) : null,
      visits: visits.map(({ t, at }) => ({
        runId: t.runId,
        at: (t.startedAt ?? at).toISOString(),
        state: t.state === 'working' ? 'running' : t.state,
        outcome: t.outcome,
        detail: t.detail,
        pages: t.counts.pages ?? 0,
        posts: t.counts.posts ?? 0,
        outcomes: by.get(t.runId) ?? {},
      })),
      unread: unread.map(({ id, url, outcome, reason, at, sha256 }) => ({ id, url, outcome, reason, at: at.toISOString(), sealed: sha256 !== null })),
    };
  });
}

export function boardRoutes(app: Api, deps: ApiDeps, desk: SourceDesk, shown: (id: string) => Promise<SourceRow>): void {
  detailRoute(app, deps, desk, shown);
  const needs = { needs: ['source.manage' as const] };
  app.post('/boards/preview', { config: needs, bodyLimit: MAX_TRIAL, schema: { body: boardTrial, response: { 200: boardPreview } } }, async (req) => {
    const { actor } = whoOf(req);
    const preview = await desk.tryBoard(req.body);
    // A look at a host is on record like any other; a pasted page goes nowhere.
    if (!req.body.html) {
      const entry = { action: 'board.try', subjectType: 'board', subjectId: preview.platform, data: { url: preview.page.url } };
      await recordAudit(deps.db, entry, actor, deps.clock.now(), req.ip);
    }
    return preview;
  });
  app.post('/boards', { config: needs, schema: { body: newBoardBody, response: { 200: sourceRow } } }, async (req) => {
    const { actor } = whoOf(req);
    const now = deps.clock.now();
    const checked = desk.board(req.body.yaml);
    const saved = await inTransaction(deps.db, async (tx) => {
      const { id, fresh } = await saveBoardSource(tx, checked, now);
      const action = fresh ? 'source.add' : 'source.board';
      const data = { platform: checked.platform, url: checked.url, name: checked.name };
      await appendAudit(tx, [{ action, subjectType: 'source', subjectId: id, data }], actor, now, req.ip);
      return id;
    });
    return shown(saved);
  });
}
