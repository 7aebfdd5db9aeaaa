/**
 * Looks again whether a platform did what it was told: one probe a job, each page sealed as evidence, the verdict
 * and what follows from it in one transaction. Being kept out is never counted as done.
 */
import { readProbe, type Sight } from '../../cases/verify/judge.ts';
import { decideNotice } from '../../cases/workflow/notice-machine.ts';
import { TOPICS } from '../../core/events.ts';
import type { CaptureKind } from '../../core/model/capture.ts';
import type { NoticeState } from '../../core/model/case.ts';
import { type CrawlStep, visitOnce } from '../../crawlers/crawl.ts';
import type { PlatformAdapter } from '../../crawlers/platforms/types.ts';
import { type Db, inTransaction } from '../../db/connect.ts';
import { applyEffects } from '../../db/repositories/effects.ts';
import { insertVerification, loadNoticeFacts, type NoticeTargets, noticeTargets } from '../../db/repositories/notice.ts';
import { addToOutbox } from '../../db/repositories/outbox.ts';
import { adapterOfPlatform } from '../adapters.ts';
import { type JobContext, VERIFIER } from '../context.ts';
import { defineJob } from '../define.ts';
import { contentDigest } from '../posts-as-read.ts';
import { noteFate, recordProbe, type SealedStep, sealStep } from './seal-step.ts';

/** Posts looked at beside the account's page. */
const MAX_POSTS = 5;
const PROBED: ReadonlySet<NoticeState> = new Set(['delivered', 'acknowledged', 'partly_acted', 'acted']);

interface Look {
  readonly sight: Sight;
  readonly step: CrawlStep;
}

/** Posts a page shows as live: those it carries and those it links to. */
function liveOn(step: CrawlStep, targets: NoticeTargets): string[] {
  if (step.outcome !== 'ok') return [];
  const byUrl = new Map(targets.posts.map((p) => [p.url, p.externalId]));
  const carried = (step.parsed?.posts ?? []).flatMap((p) => p.id ?? []);
  const linked = (step.parsed?.links ?? []).filter((l) => l.kind === 'post').map((l) => byUrl.get(l.url) ?? l.url);
  return [...carried, ...linked];
}

/** Where a notice's account and posts are looked at: its own page, and the pages of its posts. */
export function placesToLook(
  { shell, anyHost }: Pick<PlatformAdapter, 'shell' | 'anyHost'>,
  { account, posts }: Pick<NoticeTargets, 'account' | 'posts'>,
): { home: string | null; posts: NoticeTargets['posts'] } {
  // A page that a script draws shows all posts at once; looking at each again would say nothing new.
  const apart = shell ? [] : posts.filter((p) => p.url !== null && p.url !== account.url);
  // What a feed names as its own is a site's home, which shows neither this account's posts nor that they are gone.
  return { home: anyHost && apart.length > 0 ? null : account.url, posts: apart.slice(0, MAX_POSTS) };
}

async function look(ctx: JobContext, targets: NoticeTargets): Promise<Look[]> {
  const { platform } = targets.account;
  const adapter = await adapterOfPlatform(ctx.db, platform);
  const visit = (url: string, kind: CaptureKind): Promise<CrawlStep> =>
    visitOnce({ adapter, fetcher: ctx.fetcher, signal: ctx.signal, floorDelayMs: ctx.floorDelayFor(platform) }, url, kind);
  const looks: Look[] = [];
  const { home, posts } = placesToLook(adapter, targets);
  if (home) {
    const step = await visit(home, 'account');
    looks.push({
      step,
      sight: { target: 'account', url: step.url, outcome: step.outcome, status: step.parsed?.status ?? null, livePosts: liveOn(step, targets), sameText: null },
    });
  }
  for (const post of posts) {
    const step = await visit(post.url ?? '', 'post');
    const [read] = step.parsed?.posts ?? [];
    const same = step.outcome === 'ok' && read ? contentDigest(read) === post.contentSha256 : null;
    // An entry of a feed is an extract of its page: that they differ says nothing.
    const sameText = adapter.anyHost && same === false ? null : same;
    looks.push({ step, sight: { target: 'post', url: step.url, outcome: step.outcome, status: step.parsed?.status ?? null, livePosts: [], sameText } });
  }
  return looks;
}

async function settle(
  ctx: JobContext,
  tx: Db,
  noticeId: string,
  targets: NoticeTargets,
  looks: readonly Look[],
  places: Awaited<ReturnType<typeof sealAll>>,
): Promise<void> {
  const facts = await loadNoticeFacts(tx, noticeId, true);
  if (!facts || !PROBED.has(facts.state)) return;
  const now = ctx.clock.now();
  const captureIds: string[] = [];
  for (const [i, { step }] of looks.entries()) {
    const { id: accountId, platform } = targets.account;
    const captureId = await recordProbe(tx, { step, sealed: places[i] ?? { place: null, plain: null, revisit: null, shot: null }, platform, accountId, now });
    await noteFate(tx, step, platform, captureId, now);
    captureIds.push(captureId);
  }
  const reading = readProbe(
    facts.measure,
    targets.posts.map((p) => p.externalId),
    looks.map((l) => l.sight),
  );
  await insertVerification(tx, { noticeId, how: 'by_crawl', verdict: reading.verdict, detail: reading.detail, captureIds, at: now });
  await applyEffects(tx, decideNotice(facts, { event: 'probed', reading }, VERIFIER, now, ctx.policy), VERIFIER, now);
  await addToOutbox(
    tx,
    captureIds.slice(0, 2).map((captureId) => ({ topic: 'capture.shot' as const, payload: { captureId } })),
    now,
  );
}

const sealAll = (ctx: JobContext, looks: readonly Look[]): Promise<SealedStep[]> => Promise.all(looks.map(({ step }) => sealStep(ctx, step)));

export const verifyNotice = defineJob({
  name: 'notice.verify',
  queue: 'notice',
  input: TOPICS['notice.verify'],
  attempts: 5,
  backoffMs: 5_000,
  run: async ({ noticeId }, ctx) => {
    const facts = await loadNoticeFacts(ctx.db, noticeId, false);
    const targets = await noticeTargets(ctx.db, noticeId);
    if (!facts || !targets || !PROBED.has(facts.state)) return;
    const looks = await look(ctx, targets);
    const places = await sealAll(ctx, looks);
    await inTransaction(ctx.db, (tx) => settle(ctx, tx, noticeId, targets, looks, places));
  },
});
