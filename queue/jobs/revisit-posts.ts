/**
 * Looks again at posts of one platform whose time has come: flagged ones after 1, 3, 7 and 30 days, and those that left
 * their list. One look after the other through the polite fetcher; each is sealed and stored with the plan it moves in
 * one transaction, so a kill loses at most the look that was under way. A wall ends the round: what is due waits.
 */
import { PinchaError } from '../../core/errors.ts';
import { TOPICS } from '../../core/events.ts';
import type { Outcome } from '../../core/model/capture.ts';
import { goneState, nextLook } from '../../core/model/revisit.ts';
import { nextNight } from '../../core/politeness.ts';
import { type CrawlStep, visitOnce } from '../../crawlers/crawl.ts';
import { PLATFORMS } from '../../crawlers/platforms/registry.ts';
import type { Db } from '../../db/connect.ts';
import { addToOutbox } from '../../db/repositories/outbox.ts';
import { type DueLook, endWatch, nextDueLook, postponeLooks, settleLook } from '../../db/repositories/revisit.ts';
import { boardPlatforms } from '../../db/repositories/source.ts';
import { adapterOfPlatform } from '../adapters.ts';
import type { JobContext } from '../context.ts';
import { defineJob } from '../define.ts';
import { externalIdOf } from '../posts-as-read.ts';
import { type KeptStep, keepStep } from './seal-step.ts';

/** Looks of one job; the next sweep asks for more. */
const MOST_LOOKS = 500;
/** Outcomes after which the platform is left alone for now. */
const ENDING: ReadonlySet<Outcome> = new Set(['captcha', 'login_wall', 'rate_limited', 'host_paused', 'robots_denied']);

/** Built-in platforms whose posts may be looked at by their own address: public ones; the others come by push or import. */
const PUBLIC: readonly string[] = PLATFORMS.filter((p) => p.access === 'public').map((p) => p.id);

/** Platforms whose posts are looked at again: the public ones, and every board that a source declares. */
export const revisited = async (db: Db): Promise<readonly string[]> => [...PUBLIC, ...(await boardPlatforms(db))];

/** Whether the look said anything about the post: it stands there, or the page says what became of it. */
function sawIt(step: CrawlStep, externalId: string): boolean {
  if (goneState(step) !== null) return true;
  return step.outcome === 'ok' && (step.parsed?.posts ?? []).some((read) => externalIdOf(read) === externalId);
}

async function settle(tx: Db, due: DueLook, step: CrawlStep, kept: KeptStep, now: Date): Promise<void> {
  const plan = nextLook(due.w, sawIt(step, due.externalId ?? ''), now);
  await settleLook(tx, due.w.postId, { ...plan, at: now, outcome: step.outcome, captureId: kept.captureId });
  const events = [];
  // What shows that it is gone is shown as a page too; what it says now is screened.
  if (due.status === 'live' && goneState(step) !== null && step.result.exchange?.body.length)
    events.push({ topic: 'capture.shot' as const, payload: { captureId: kept.captureId } });
  if (kept.changed) events.push(...kept.accountIds.map((accountId) => ({ topic: 'account.screen' as const, payload: { accountId, runId: null } })));
  await addToOutbox(tx, events, now);
}

/** @returns until when the platform is to be left alone, null when it let us look */
async function look(ctx: JobContext, due: DueLook, url: string): Promise<Date | null> {
  const { platform, postId } = due.w;
  const step = await visitOnce(
    { adapter: await adapterOfPlatform(ctx.db, platform), fetcher: ctx.fetcher, signal: ctx.signal, floorDelayMs: ctx.floorDelayFor(platform) },
    url,
    'post',
  );
  // Shut down in the middle: what came of it is no answer of the platform.
  if (ctx.signal.aborted) throw new PinchaError('INTERRUPTED', { reason: 'shutdown' });
  const now = ctx.clock.now();
  try {
    await keepStep(ctx, step, { platform, runId: null, sourceId: null, kind: 'probe' }, (tx, kept) => settle(tx, due, step, kept, ctx.clock.now()));
  } catch (error) {
    // One post that cannot be stored must not keep the others from being looked at.
    await settleLook(ctx.db, postId, { ...nextLook(due.w, false, now), at: now, outcome: step.outcome, captureId: null });
    throw error;
  }
  return ENDING.has(step.outcome) ? (step.result.retryAt ?? nextNight(now, ctx.config.nightlyAt)) : null;
}

export const revisitPosts = defineJob({
  name: 'posts.revisit',
  queue: 'revisit',
  input: TOPICS['posts.revisit'],
  attempts: 3,
  backoffMs: 30_000,
  key: ({ platform }) => platform,
  run: async ({ platform }, ctx) => {
    for (let looks = 0; looks < MOST_LOOKS && !ctx.signal.aborted; looks += 1) {
      const now = ctx.clock.now();
      const due = await nextDueLook(ctx.db, platform, now);
      if (!due) return;
      if (due.url === null || (due.w.reason === 'flagged' && !due.flagged)) {
        await endWatch(ctx.db, due.w.postId);
        continue;
      }
      const until = await look(ctx, due, due.url);
      if (until) return postponeLooks(ctx.db, platform, ctx.clock.now(), until);
    }
  },
});
