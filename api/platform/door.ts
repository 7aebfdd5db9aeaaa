/**
 * The platforms' door: a platform lists its notices and answers them. Every message, reading included, carries
 * Standard Webhooks headers signed with the secret shared with that platform; the body is checked as the exact bytes
 * that came. The same answer twice gets the first answer back (`Idempotent-Replay: true`), a different one 409.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { verifyMessage } from '../../cases/notice/sign.ts';
import { answerReceipt } from '../../cases/workflow/notice-machine.ts';
import { PinchaError } from '../../core/errors.ts';
import { noticeStateSchema } from '../../core/model/case.ts';
import { noticeBodySchema, type Receipt, receiptSchema } from '../../core/model/notice.ts';
import type { Actor } from '../../core/model/role.ts';
import { applyEffects } from '../../db/repositories/effects.ts';
import { insertReceipt, loadNoticeFacts, platformOf } from '../../db/repositories/notice.ts';
import { readNotices } from '../../db/repositories/read-notice.ts';
import { type Api, type ApiDeps, policyOf } from '../deps.ts';
import { idParams } from '../routes/shapes.ts';

const PLATFORM_HEADER = 'x-pincha-platform';
const listQuery = z.object({
  platform: z.string().max(60).optional(),
  state: noticeStateSchema.optional(),
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
const listAnswer = z.object({
  items: z.array(z.object({ noticeId: z.string(), state: noticeStateSchema, bodySha256: z.string(), body: noticeBodySchema })),
  nextCursor: z.string().nullable(),
});
const receiptAnswer = z.object({ noticeId: z.string(), kind: z.string(), receivedAt: z.string() });
const refused = (): PinchaError => new PinchaError('SIGNATURE_INVALID');

/** The platform behind a message, once its signature holds, and the message's id. */
export async function caller(deps: ApiDeps, req: FastifyRequest, claimed: string | undefined, body: string): Promise<{ actor: Actor; messageId: string }> {
  const platform = claimed ? await platformOf(deps.db, claimed) : null;
  // An unknown platform and a wrong signature look the same from outside.
  if (!platform) throw refused();
  try {
    const messageId = verifyMessage(platform.secret, req.headers, body);
    return { actor: { id: platform.id, name: platform.name, kind: 'platform', roles: [] }, messageId };
  } catch {
    throw refused();
  }
}

export const headerOf = (req: FastifyRequest): string | undefined => {
  const value = req.headers[PLATFORM_HEADER];
  return typeof value === 'string' && value.length <= 60 ? value : undefined;
};

function parseReceipt(raw: string): Receipt {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch (fault) {
    throw new PinchaError('INPUT_INVALID', { field: 'body', reason: '不是有效的 JSON' }, fault);
  }
  const parsed = receiptSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PinchaError('INPUT_INVALID', { field: issue?.path.join('.') || 'body', reason: issue?.message ?? '' });
}

/** Stores an answer, or finds that it was given before. */
async function take(
  deps: ApiDeps,
  noticeId: string,
  receipt: Receipt,
  messageId: string,
  actor: Actor,
  ip: string,
): Promise<{ replay: boolean; receivedAt: Date }> {
  const now = deps.clock.now();
  return deps.db.transaction(async (tx) => {
    const facts = await loadNoticeFacts(tx, noticeId, true);
    // Another platform's notice does not exist for this one.
    if (!facts || facts.platform !== actor.id) throw new PinchaError('NOT_FOUND', { what: '通知书' });
    const answer = answerReceipt(facts, receipt, messageId, actor, now, policyOf(deps.config));
    if (answer.replay) return { replay: true, receivedAt: answer.receivedAt };
    await insertReceipt(tx, { noticeId, body: receipt, bodySha256: answer.bodySha256, messageId, receivedAt: now });
    await applyEffects(tx, answer.effects, actor, now, ip);
    return { replay: false, receivedAt: now };
  });
}

async function answer(deps: ApiDeps, req: FastifyRequest, reply: FastifyReply, noticeId: string): Promise<z.infer<typeof receiptAnswer>> {
  const raw = typeof req.body === 'string' ? req.body : '';
  const claimed = headerOf(req) ?? (await loadNoticeFacts(deps.db, noticeId, false))?.platform;
  const { actor, messageId } = await caller(deps, req, claimed, raw);
  const receipt = parseReceipt(raw);
  const { replay, receivedAt } = await take(deps, noticeId, receipt, messageId, actor, req.ip);
  if (replay) reply.header('idempotent-replay', 'true');
  return { noticeId, kind: receipt.kind, receivedAt: receivedAt.toISOString() };
}

export function platformRoutes(app: Api, deps: ApiDeps): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_req, body, done) => done(null, body));
  app.get('/notices', { schema: { querystring: listQuery, response: { 200: listAnswer } } }, async (req) => {
    const { actor } = await caller(deps, req, headerOf(req) ?? req.query.platform, '');
    const { cursor, limit, state } = req.query;
    const found = await readNotices(deps.db, { platform: actor.id, state, hidden: ['draft', 'pending_approval', 'returned'] }, cursor, limit);
    return {
      items: found.items.map(({ n }) => ({ noticeId: n.id, state: n.state, bodySha256: n.bodySha256, body: n.body })),
      nextCursor: found.nextCursor,
    };
  });
  app.post('/notices/:id/receipts', { schema: { params: idParams, response: { 200: receiptAnswer } } }, (req, reply) =>
    answer(deps, req, reply, req.params.id),
  );
}
