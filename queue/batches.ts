/**
 * A batch a platform pushed: every post is checked by itself, the body is sealed as it came, and the batch waits with
 * the answer the platform got. A job reads the sealed body back and stores the posts.
 */
import { sha256 } from '../core/digest.ts';
import { PinchaError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { type BatchAnswer, batchBody } from '../core/model/intake.ts';
import type { PostInput } from '../core/model/post.ts';
import { parseJson } from '../crawlers/extract/tree.ts';
import { readPost } from '../crawlers/registries/posts.ts';
import { patiently } from '../db/connect.ts';
import { addBatch, type Batch, batchByKey, waitingBatches } from '../db/repositories/batch.ts';
import { addToOutbox } from '../db/repositories/outbox.ts';
import type { JobContext } from './context.ts';
import { handedExchange, recordIntake } from './intake.ts';

/** Batches that may wait to be stored, of one platform and of all; more are sent back for later. */
const MOST_WAITING = { mine: 20, all: 100 };
/** Seconds a waiting batch takes, roughly: how long a platform is asked to stay away. */
const SECONDS_EACH = 2;

export interface PushedBatch {
  readonly platform: { readonly id: string; readonly name: string };
  /** The exact bytes that were signed. */
  readonly body: string;
  /** Idempotency-Key, when one was sent. */
  readonly key: string | null;
  readonly messageId: string;
  /** The signature's own headers, sealed with the body. */
  readonly headers: readonly (readonly [string, string])[];
}

type Checked = { readonly post: PostInput } | { readonly field: string; readonly reason: string };

/** One post of a batch under the platform's own name. */
function checkPost(given: unknown, platform: string): Checked {
  const read = readPost(0, given);
  if ('reject' in read) {
    const first = read.reject.split('; ')[0] ?? read.reject;
    const named = /^([\w.]+): /.exec(first);
    return { field: named?.[1] ?? 'post', reason: named ? first.slice(named[0].length) : first };
  }
  const { post } = read;
  if (post.platform !== undefined && post.platform !== platform) return { field: 'platform', reason: `须为本平台 ${platform}，或不填` };
  if (!post.account?.id && !post.account?.name && !post.company?.trim())
    return { field: 'account', reason: '须有 account.id、account.name 或 company，以便确定发布者' };
  return { post };
}

/** The posts of a body that stand, and what is wrong with the others. @throws PinchaError INPUT_INVALID when the body as a whole is no batch */
export function readBatch(body: string, platform: string): { batchId: string | null; received: number; posts: PostInput[]; errors: BatchAnswer['errors'] } {
  const parsed = batchBody.safeParse(parseJson(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new PinchaError('INPUT_INVALID', { field: issue?.path.join('.') || 'body', reason: issue?.message ?? '不是有效的 JSON' });
  }
  const posts: PostInput[] = [];
  const errors: BatchAnswer['errors'] = [];
  for (const [index, given] of parsed.data.posts.entries()) {
    const checked = checkPost(given, platform);
    if ('post' in checked) posts.push(checked.post);
    else {
      const id = typeof given === 'object' && given !== null && 'id' in given && typeof given.id === 'string' ? given.id.slice(0, 300) : null;
      errors.push({ index, id, field: checked.field, reason: checked.reason.slice(0, 300) });
    }
  }
  return { batchId: parsed.data.batchId ?? null, received: parsed.data.posts.length, posts, errors };
}

function again(known: Batch, bodySha256: string): { answer: BatchAnswer; replay: true } {
  if (known.bodySha256 !== bodySha256) throw new PinchaError('KEY_REUSED', { key: known.key });
  return { answer: known.answer, replay: true };
}

/** @throws PinchaError TOO_MANY_WAITING with the seconds to stay away */
async function pressBack(ctx: Pick<JobContext, 'db'>, platform: string): Promise<void> {
  const { mine, all } = await waitingBatches(ctx.db, platform);
  if (mine < MOST_WAITING.mine && all < MOST_WAITING.all) return;
  throw new PinchaError('TOO_MANY_WAITING', { seconds: Math.min(300, Math.max(mine, all / 4) * SECONDS_EACH) });
}

/**
 * Takes a batch in. When it returns, body and batch are durable and will be stored whatever is killed.
 * @returns the answer, and whether it was given before
 * @throws PinchaError INPUT_INVALID, KEY_REUSED, TOO_MANY_WAITING
 */
export async function receiveBatch(ctx: Pick<JobContext, 'db' | 'clock' | 'sealer'>, pushed: PushedBatch): Promise<{ answer: BatchAnswer; replay: boolean }> {
  const { platform, body, messageId } = pushed;
  const bodySha256 = sha256(body);
  const read = readBatch(body, platform.id);
  if (pushed.key !== null && read.batchId !== null && pushed.key !== read.batchId)
    throw new PinchaError('INPUT_INVALID', { field: 'batchId', reason: '与 Idempotency-Key 不一致' });
  const key = pushed.key ?? read.batchId ?? messageId;
  const known = await batchByKey(ctx.db, platform.id, key);
  if (known) return again(known, bodySha256);
  await pressBack(ctx, platform.id);
  const now = ctx.clock.now();
  const [id, captureId] = [newId(), newId()];
  const exchange = handedExchange(`urn:pincha:push:${encodeURIComponent(platform.id)}:${id}`, Buffer.from(body, 'utf8'), now, pushed.headers, 200, 'Pushed');
  const place = await ctx.sealer.seal(exchange, 'import');
  const { received, posts, errors } = read;
  const answer: BatchAnswer = { batchId: id, key, received, accepted: posts.length, rejected: errors.length, errors, receivedAt: now.toISOString() };
  const handed = { obtained: 'platform_push' as const, by: platform.name, note: `批次 ${key}`, file: null, fileSha256: bodySha256, obtainedAt: now };
  const added = await patiently(ctx.db, async (tx) => {
    await recordIntake(tx, captureId, { exchange, place, kind: 'import', outcome: 'ok', reason: null, handed }, now);
    const batch = { id, platform: platform.id, key, bodySha256, messageId, answer, captureId, receivedAt: now };
    if (!(await addBatch(tx, batch))) return false;
    await addToOutbox(tx, [{ topic: 'posts.batch', payload: { batchId: id } }], now);
    return true;
  });
  if (added) return { answer, replay: false };
  // The same batch came twice in one moment: the other one counts, and what we sealed stands for this message.
  const other = await batchByKey(ctx.db, platform.id, key);
  return other ? again(other, bodySha256) : { answer, replay: false };
}
