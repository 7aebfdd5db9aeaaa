/**
 * Platforms push posts: a batch is signed like every message of the door, sealed as it came, and answered at once with
 * what is wrong with which post; storing and screening follow. The same batch again gets the same answer.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PinchaError } from '../../core/errors.ts';
import { BATCH_BYTES, BATCH_POSTS, type BatchAnswer, batchAnswer, batchBody, batchState } from '../../core/model/intake.ts';
import { postInputSchema } from '../../core/model/post.ts';
import { batchById } from '../../db/repositories/batch.ts';
import type { Api, ApiDeps, PushedPosts } from '../deps.ts';
import { idParams } from '../routes/shapes.ts';
import { caller, headerOf } from './door.ts';

const SEALED_HEADERS = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature', 'idempotency-key'] as const;
/** As OpenAPI shows it; what is checked is the body as it was signed, post by post. */
const shownBody = batchBody.extend({ posts: z.array(postInputSchema).min(1).max(BATCH_POSTS) });
const pushHeaders = z.looseObject({ 'idempotency-key': z.string().min(1).max(200).optional() });

type Receive = NonNullable<ApiDeps['receiveBatch']>;

async function push(deps: ApiDeps, receive: Receive, req: FastifyRequest, reply: FastifyReply): Promise<BatchAnswer> {
  const body = typeof req.body === 'string' ? req.body : '';
  const { actor, messageId } = await caller(deps, req, headerOf(req), body);
  const key = req.headers['idempotency-key'];
  if (typeof key === 'string' && (key === '' || key.length > 200))
    throw new PinchaError('INPUT_INVALID', { field: 'Idempotency-Key', reason: '须为 1 至 200 个字符' });
  const headers = SEALED_HEADERS.flatMap((name): [string, string][] => {
    const value = req.headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  const batch: PushedPosts = { platform: { id: actor.id, name: actor.name }, body, key: typeof key === 'string' ? key : null, messageId, headers };
  try {
    const { answer, replay } = await receive(batch);
    if (replay) reply.header('idempotent-replay', 'true');
    reply.status(202);
    return answer;
  } catch (error) {
    if (error instanceof PinchaError && error.code === 'TOO_MANY_WAITING') reply.header('retry-after', String(Math.ceil(Number(error.details['seconds']))));
    throw error;
  }
}

export function pushRoutes(app: Api, deps: ApiDeps): void {
  const { receiveBatch } = deps;
  if (!receiveBatch) return;
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_req, body, done) => done(null, body));
  const shown = {
    description: `推送招聘信息 · a platform pushes posts: at most ${BATCH_POSTS} posts and ${BATCH_BYTES / 1_048_576} MB, signed by Standard Webhooks`,
  };
  app.post(
    '/posts::batch',
    {
      bodyLimit: BATCH_BYTES,
      schema: { ...shown, headers: pushHeaders, body: shownBody, response: { 202: batchAnswer } },
      // The signature is over the bytes: they must reach the check as they came.
      validatorCompiler: () => (data: unknown) => ({ value: data }),
    },
    (req, reply) => push(deps, receiveBatch, req, reply),
  );
  app.get('/posts::batch/:id', { schema: { params: idParams, response: { 200: batchState } } }, async (req) => {
    const { actor } = await caller(deps, req, headerOf(req), '');
    const found = await batchById(deps.db, actor.id, req.params.id);
    if (!found) throw new PinchaError('NOT_FOUND', { what: '批次' });
    const { answer, state, fresh, storedAt, reason } = found;
    // Why a batch failed is for us to know: it may speak of our insides.
    return { ...answer, state, fresh, storedAt: storedAt?.toISOString() ?? null, reason: state === 'stored' ? reason : null };
  });
}
