/** The notices board: reading, resending, verifying now, revoking, and the human document. */
import { noticeDocument } from '../../cases/notice/document.ts';
import { decideNotice, NOTICE_STATE_ZH } from '../../cases/workflow/notice-machine.ts';
import { PinchaError } from '../../core/errors.ts';
import { type NoticeView, noticeAction, noticePage, noticeQuery, noticeView as noticeViewSchema } from '../../core/model/api.ts';
import { applyEffects } from '../../db/repositories/effects.ts';
import { loadNoticeFacts, platformOf } from '../../db/repositories/notice.ts';
import { readCaseNotices, readNotice, readNotices } from '../../db/repositories/read-notice.ts';
import { whoOf } from '../auth/door.ts';
import { type Api, type ApiDeps, policyOf } from '../deps.ts';
import { noticeRow, noticeView } from '../views/notice.ts';
import { idParams, sendDocument } from './shapes.ts';

const missing = (): PinchaError => new PinchaError('NOT_FOUND', { what: '通知书' });

async function show(deps: ApiDeps, id: string): Promise<NoticeView> {
  const detail = await readNotice(deps.db, id);
  if (!detail) throw missing();
  return noticeView(detail, deps.clock.now());
}

/** Said across the page once a notice no longer stands. */
const VOID: ReadonlySet<string> = new Set(['revoked', 'amended', 'returned']);
const DRAFT: ReadonlySet<string> = new Set(['draft', 'pending_approval', 'returned']);

async function documentOf(deps: ApiDeps, id: string): Promise<string> {
  const detail = await readNotice(deps.db, id);
  if (!detail) throw missing();
  const { body, state, platform, caseId } = detail.n;
  const replaced = body.supersedes && (await readCaseNotices(deps.db, caseId)).find((other) => other.n.id === body.supersedes)?.n.number;
  const name = (await platformOf(deps.db, platform))?.name ?? platform;
  return noticeDocument(body, {
    draft: DRAFT.has(state),
    platformName: name,
    ...(VOID.has(state) ? { note: NOTICE_STATE_ZH[state] } : {}),
    ...(replaced ? { supersedes: replaced } : {}),
  });
}

export function noticeRoutes(app: Api, deps: ApiDeps): void {
  app.get('/notices', { config: { needs: ['notice.read'] }, schema: { querystring: noticeQuery, response: { 200: noticePage } } }, async (req) => {
    const { cursor, limit, overdue, ...filter } = req.query;
    const now = deps.clock.now();
    const found = await readNotices(deps.db, { ...filter, overdueAt: overdue === 'true' ? now : undefined }, cursor, limit);
    return { items: found.items.map((row) => noticeRow(row, now)), nextCursor: found.nextCursor };
  });
  app.get('/notices/:id', { config: { needs: ['notice.read'] }, schema: { params: idParams, response: { 200: noticeViewSchema } } }, (req) =>
    show(deps, req.params.id),
  );
  app.post(
    '/notices/:id/actions',
    { config: { needs: ['notice.send', 'case.review'] }, schema: { params: idParams, body: noticeAction, response: { 200: noticeViewSchema } } },
    async (req) => {
      const { actor } = whoOf(req);
      const { action, ...asked } = req.body;
      const now = deps.clock.now();
      await deps.db.transaction(async (tx) => {
        const facts = await loadNoticeFacts(tx, req.params.id, true);
        if (!facts) throw missing();
        const event =
          action === 'revoke'
            ? { event: action, version: asked.version, reason: 'reason' in asked ? asked.reason : '' }
            : { event: action, version: asked.version };
        await applyEffects(tx, decideNotice(facts, event, actor, now, policyOf(deps.config)), actor, now, req.ip);
      });
      return show(deps, req.params.id);
    },
  );
  app.get('/notices/:id/document', { config: { needs: ['notice.read'] }, schema: { params: idParams } }, async (req, reply) =>
    sendDocument(reply, await documentOf(deps, req.params.id)),
  );
}
