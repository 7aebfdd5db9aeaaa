/** Accounts and posts: lists, one account with its history, one post with its versions. */
import { z } from 'zod';
import { maskText } from '../../cases/review/mask.ts';
import { PinchaError } from '../../core/errors.ts';
import { accountDetail, accountPage, accountQuery, pageQuery, postDetail, postPage } from '../../core/model/api.ts';
import {
  readAccount,
  readAccountCapture,
  readAccountFindings,
  readAccountPosts,
  readAccountSources,
  readAccounts,
  readPost,
  readPostFindings,
} from '../../db/repositories/read-account.ts';
import { readQueue } from '../../db/repositories/read-queue.ts';
import { fatesOf } from '../../db/repositories/revisit.ts';
import { need, whoOf } from '../auth/door.ts';
import { type Api, type ApiDeps, readsPictures } from '../deps.ts';
import { accountView, captureView, findingView, iso, postView } from '../views/account.ts';
import { queueRow } from '../views/case.ts';
import { logRead } from './case.ts';
import { idParams } from './shapes.ts';

const missing = (what: string): PinchaError => new PinchaError('NOT_FOUND', { what });

async function detail(deps: ApiDeps, id: string) {
  const found = await readAccount(deps.db, id);
  if (!found) throw missing('账号');
  const now = deps.clock.now();
  const [findings, cases, sources, capture] = await Promise.all([
    readAccountFindings(deps.db, id),
    readQueue(deps.db, { accountId: id }, undefined, 50),
    readAccountSources(deps.db, id),
    readAccountCapture(deps.db, id),
  ]);
  return {
    account: accountView(found),
    findings: findings.map((f) => findingView(f)),
    capture: capture && captureView(capture),
    cases: cases.items.map((c) => queueRow(c, now)),
    sources: sources.map((s) => ({ ...s, lastVisitedAt: iso(s.lastVisitedAt), nextDueAt: s.nextDueAt.toISOString() })),
  };
}

async function postWithVersions(deps: ApiDeps, id: string, unmasked: boolean) {
  const found = await readPost(deps.db, id);
  if (!found) throw missing('招聘信息');
  const [findings, fates] = await Promise.all([readPostFindings(deps.db, id), fatesOf(deps.db, id)]);
  const mask = (text: string | undefined): string => (unmasked ? (text ?? '') : maskText(text ?? ''));
  return {
    post: postView(found.post, { unmasked, reads: readsPictures(deps.config) }),
    account: accountView(found.account, { unmasked }),
    findings: findings.map((f) => findingView(f, { unmasked })),
    versions: found.versions.map((v) => ({
      version: v.version,
      seenAt: v.seenAt.toISOString(),
      captureId: v.captureId,
      text: mask(v.input.text),
      title: mask(v.input.title),
    })),
    fates: fates.map(({ at, status, by, reason, aliveAt, captureId }) => ({ at: at.toISOString(), status, by, reason, aliveAt: iso(aliveAt), captureId })),
  };
}

export function accountRoutes(app: Api, deps: ApiDeps): void {
  app.get('/accounts', { config: { needs: ['account.read'] }, schema: { querystring: accountQuery, response: { 200: accountPage } } }, async (req) => {
    const { cursor, limit, ...filter } = req.query;
    const found = await readAccounts(deps.db, filter, cursor, limit);
    return { items: found.items.map((a) => accountView(a)), nextCursor: found.nextCursor };
  });
  app.get('/accounts/:id', { config: { needs: ['account.read'] }, schema: { params: idParams, response: { 200: accountDetail } } }, (req) =>
    detail(deps, req.params.id),
  );
  app.get(
    '/accounts/:id/posts',
    { config: { needs: ['account.read'] }, schema: { params: idParams, querystring: pageQuery, response: { 200: postPage } } },
    async (req) => {
      if (!(await readAccount(deps.db, req.params.id))) throw missing('账号');
      const found = await readAccountPosts(deps.db, req.params.id, req.query.cursor, req.query.limit);
      return { items: found.items.map((p) => postView(p, { unmasked: false, reads: readsPictures(deps.config) })), nextCursor: found.nextCursor };
    },
  );
  const unmaskQuery = z.object({ unmask: z.enum(['true', 'false']).optional() });
  app.get(
    '/posts/:id',
    { config: { needs: ['account.read', 'case.read'] }, schema: { params: idParams, querystring: unmaskQuery, response: { 200: postDetail } } },
    async (req) => {
      const unmasked = req.query.unmask === 'true';
      if (unmasked) need(whoOf(req), 'evidence.unmask');
      const view = await postWithVersions(deps, req.params.id, unmasked);
      if (unmasked) await logRead(deps, req, 'post.unmask', 'post', req.params.id);
      return view;
    },
  );
}
