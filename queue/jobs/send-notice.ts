/**
 * Delivers a notice: the attempt is noted before the request leaves, so that a process killed in between sends
 * again, under the same id; the platform answers a repeat with what it answered first. Only 2xx is delivery.
 */
import { request } from 'undici';
import { signMessage } from '../../cases/notice/sign.ts';
import { decideNotice, sendDue } from '../../cases/workflow/notice-machine.ts';
import { canonicalJson } from '../../core/digest.ts';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import { TOPICS } from '../../core/events.ts';
import type { NoticeFacts } from '../../core/model/facts.ts';
import { inTransaction } from '../../db/connect.ts';
import { applyEffects } from '../../db/repositories/effects.ts';
import { loadNoticeFacts, platformOf } from '../../db/repositories/notice.ts';
import { type JobContext, NOTIFIER } from '../context.ts';
import { defineJob } from '../define.ts';

const TIMEOUT_MS = 15_000;

type Event = { event: 'send_start' } | { event: 'delivered' } | { event: 'failed'; error: string };

/** Applies one event under the notice's lock; null when the notice no longer waits for it. */
async function step(ctx: JobContext, noticeId: string, event: Event): Promise<NoticeFacts | null> {
  return inTransaction(ctx.db, async (tx) => {
    const facts = await loadNoticeFacts(tx, noticeId, true);
    const now = ctx.clock.now();
    if (!facts || (event.event === 'send_start' && !sendDue(facts, now))) return null;
    await applyEffects(tx, decideNotice(facts, event, NOTIFIER, now, ctx.policy), NOTIFIER, now);
    return facts;
  });
}

/** Posts the signed body. @returns null when it was accepted, else why not */
async function post(url: string, secret: string, messageId: string, at: Date, body: string): Promise<string | null> {
  try {
    const headers = { 'content-type': 'application/json', 'user-agent': 'Pincha-Notice/0.1', ...signMessage(secret, messageId, at, body) };
    const answer = await request(url, {
      method: 'POST',
      headers,
      body,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const words = (await answer.body.text()).slice(0, 300);
    return answer.statusCode >= 200 && answer.statusCode < 300 ? null : `HTTP ${answer.statusCode} ${words}`.trim();
  } catch (error) {
    return reasonOf(error);
  }
}

async function deliver(ctx: JobContext, noticeId: string): Promise<void> {
  const facts = await step(ctx, noticeId, { event: 'send_start' });
  if (!facts) return;
  const platform = await platformOf(ctx.db, facts.platform);
  const fault = platform?.noticeUrl
    ? await post(platform.noticeUrl, platform.secret, noticeId, ctx.clock.now(), canonicalJson(facts.body))
    : `平台“${facts.platform}”未配置通知接收地址`;
  await step(ctx, noticeId, fault === null ? { event: 'delivered' } : { event: 'failed', error: fault }).catch((error: unknown) => {
    // The platform's answer overtook us and the notice is further on: nothing is left to note.
    if (error instanceof PinchaError && error.code === 'TRANSITION_INVALID') return;
    throw error;
  });
}

export const sendNotice = defineJob({
  name: 'notice.send',
  queue: 'notice',
  input: TOPICS['notice.send'],
  attempts: 8,
  backoffMs: 1_000,
  run: ({ noticeId }, ctx) => deliver(ctx, noticeId),
});
