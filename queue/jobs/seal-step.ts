/**
 * From a step of a walk to what is kept of it: bytes sealed first (durable before anything refers to them), then
 * capture, ledger row, accounts, posts and counts in one transaction. Done twice, it doubles nothing but the capture.
 */

import { newId } from '../../core/ids.ts';
import { type CaptureKind, type Exchange, FAULTS, type FetchResult, type Outcome, WALLS } from '../../core/model/capture.ts';
import type { AccountInput } from '../../core/model/post.ts';
import { goneState } from '../../core/model/revisit.ts';
import type { RunCounts } from '../../core/model/run.ts';
import type { Confirmed, RecordPlace, SealedPlace } from '../../core/ports.ts';
import { storableTime } from '../../core/storable.ts';
import type { CrawlStep } from '../../crawlers/crawl.ts';
import { type Db, patiently, refusedValue } from '../../db/connect.ts';
import { appendLedger, confirmedAt, insertCapture, savePageState } from '../../db/repositories/capture.ts';
import { accountByUrl, accountLastSeenAt, saveAccount, savePost, setAccountStatus, touchPostByUrl } from '../../db/repositories/content.ts';
import { savePostPictures } from '../../db/repositories/picture.ts';
import { accountOfPostAt, noteGone } from '../../db/repositories/revisit.ts';
import { captureFacts, ledgerRow } from '../../evidence/ledger.ts';
import type { JobContext } from '../context.ts';
import { proposeFrom } from '../discovery.ts';
import { enterShot, putShot } from '../page-shots.ts';
import { contentDigest, externalIdOf, picturesOf } from '../posts-as-read.ts';

export interface StepPlace {
  readonly platform: string;
  readonly runId: string | null;
  readonly sourceId: string | null;
  readonly kind: CaptureKind;
  /** The source walked, which stands in for the account where a page names none. */
  readonly source?: { readonly url: string; readonly name: string };
}
export interface KeptStep {
  readonly captureId: string;
  readonly accountId: string | null;
  /** All whose page or posts it showed: a list may show posts of many. */
  readonly accountIds: readonly string[];
  /** Those of them the capture does not name. */
  readonly beside: readonly string[];
  readonly counts: Partial<RunCounts>;
  /** Whether anything on the page was new or different. */
  readonly changed: boolean;
}

const header = (step: CrawlStep, name: string): string | null => step.result.exchange?.responseHeaders.find(([n]) => n.toLowerCase() === name)?.[1] ?? null;
/** An account's own address, without paging. */
const bareUrl = (url: string): string => url.replace(/[?#].*$/, '');

/** The bytes of a step on disk: those of its result, and of the plain answer a rendered page was drawn from. */
export interface SealedStep {
  readonly place: SealedPlace | null;
  readonly plain: SealedPlace | null;
  /** The record of a 304, and the capture it says still stands. */
  readonly revisit: { readonly place: RecordPlace; readonly of: Confirmed } | null;
  /** Files of the shot taken while the page stood drawn. */
  readonly shot: Awaited<ReturnType<typeof putShot>> | null;
}

const sealOne = async (ctx: JobContext, exchange: Exchange | null | undefined): Promise<SealedPlace | null> =>
  exchange && exchange.body.length > 0 ? ctx.sealer.seal(exchange, exchange.via) : null;

async function sealRevisit(ctx: JobContext, { url, outcome, result }: CrawlStep): Promise<SealedStep['revisit']> {
  if (outcome !== 'unchanged' || !result.confirmed) return null;
  const of = await confirmedAt(ctx.db, url);
  return of && { of, place: await ctx.sealer.revisit(result.confirmed, of) };
}

/** Seals what a step brought; durable when it returns. */
export async function sealStep(ctx: JobContext, step: CrawlStep): Promise<SealedStep> {
  const [place, plain, revisit] = await Promise.all([sealOne(ctx, step.result.exchange), sealOne(ctx, step.plain?.exchange), sealRevisit(ctx, step)]);
  const { shot } = step.result;
  // A wall is recorded, not pictured.
  return { place, plain, revisit, shot: place && shot && !WALLS.has(step.outcome) ? await putShot(ctx, shot) : null };
}

interface Seen {
  readonly step: CrawlStep;
  readonly sealed: SealedStep;
  readonly at: StepPlace;
  readonly accountId: string | null;
  readonly now: Date;
  /** Of the capture of the page itself, when others refer to it before it is entered. */
  readonly id?: string;
}

/** Enters one look in the ledger, bytes or none, and notes the capture. @returns its id */
async function enter(
  tx: Db,
  { at, accountId, now }: Seen,
  look: {
    url: string;
    result: FetchResult;
    outcome: Outcome;
    reason: string | null;
    place: SealedPlace | null;
    via: CrawlStep['via'];
    plain?: string;
    id?: string;
    revisit?: SealedStep['revisit'];
  },
) {
  const { url, outcome, reason, place, via, plain, revisit } = look;
  const exchange = look.result.exchange ?? look.result.confirmed ?? null;
  const id = look.id ?? newId();
  const facts = { url, finalUrl: exchange?.finalUrl ?? url, status: exchange?.status ?? null, via, fetchedAt: exchange?.fetchedAt ?? now };
  const payload = captureFacts(place, { ...facts, kind: at.kind, outcome, reason, exchange, ...(plain ? { plain } : {}), ...(revisit ? { revisit } : {}) });
  const row = await appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'capture', refId: id, payload, at: now }));
  await insertCapture(tx, {
    id,
    runId: at.runId,
    sourceId: at.sourceId,
    accountId,
    kind: at.kind,
    outcome,
    reason,
    place,
    ledgerSeq: row.seq,
    ...(revisit ? { record: revisit.place } : {}),
    ...facts,
  });
  return id;
}

/** Why the plain answer beside a rendered page stands there. */
const DRAWN = '该页另由浏览器呈现，本件为其原始应答';

/** Notes a step as captures, each with its ledger row: every outcome has one, walls and 304s too. @returns the id of the page itself */
async function recordCapture(tx: Db, seen: Seen): Promise<string> {
  const { step, sealed } = seen;
  const { url, result, outcome, reason, via } = step;
  const plain = step.plain
    ? await enter(tx, seen, { url, result: step.plain, outcome: step.plain.outcome, reason: DRAWN, place: sealed.plain, via: 'http' })
    : undefined;
  const named = { ...(plain ? { plain } : {}), ...(seen.id ? { id: seen.id } : {}) };
  const id = await enter(tx, seen, { url, result, outcome, reason, place: sealed.place, via, revisit: sealed.revisit, ...named });
  if (sealed.shot) await enterShot(tx, id, sealed.shot, 'live', seen.now);
  return id;
}

/** Notes a probe: a look at a page for the sake of a notice, outside any run. */
export const recordProbe = (
  tx: Db,
  { platform, ...seen }: { step: CrawlStep; sealed: SealedStep; platform: string; accountId: string; now: Date },
): Promise<string> => recordCapture(tx, { ...seen, at: { platform, runId: null, sourceId: null, kind: 'probe' } });

async function savePosts(
  tx: Db,
  step: CrawlStep,
  at: StepPlace,
  own: string | null,
  now: Date,
  captureId: string,
): Promise<{ accountId: string | null; shown: ReadonlySet<string>; posts: number; fresh: number }> {
  let accountId = own;
  const shown = new Set<string>();
  let fresh = 0;
  const { posts } = step;
  const nameless = own ?? (posts.some((p) => !p.account) ? await accountOfSource(tx, at, now) : null);
  for (const input of posts) {
    const by = input.account ? await saveAccountOf(tx, at.platform, input.account, step, now) : nameless;
    if (!by) continue;
    accountId = by;
    shown.add(by);
    const contentSha256 = contentDigest(input);
    const externalId = externalIdOf(input, contentSha256);
    const saved = await savePost(tx, {
      accountId: by,
      platform: at.platform,
      externalId,
      input,
      contentSha256,
      captureId,
      publishedAt: storableTime(input.publishedAt),
      now,
    });
    if (saved.change === 'same') continue;
    fresh += 1;
    const pictures = picturesOf(input);
    // A post that is new has none to put away.
    if (saved.change === 'changed' || pictures.length > 0) await savePostPictures(tx, saved.postId, pictures);
  }
  return { accountId, shown, posts: posts.length, fresh };
}

/** Whose posts a source's pages are when they name nobody: the account its first page showed, else the source itself. */
async function accountOfSource(tx: Db, at: StepPlace, now: Date): Promise<string | null> {
  if (!at.source) return null;
  const { url, name } = at.source;
  return (await accountLastSeenAt(tx, url)) ?? (await saveAccount(tx, { platform: at.platform, input: { id: url, name }, url, now }));
}

async function saveAccountOf(tx: Db, platform: string, input: AccountInput, step: CrawlStep, now: Date): Promise<string> {
  const told = typeof input['url'] === 'string' ? input['url'] : null;
  const url = told ?? (step.kind === 'account' ? bareUrl(step.url) : null);
  return saveAccount(tx, { platform, input, url, now });
}

/** Notes that a post's own page no longer shows it: when that was first seen, by whom, and which look shows it. */
export async function noteFate(tx: Db, step: CrawlStep, platform: string, captureId: string, now: Date): Promise<void> {
  const status = step.kind === 'post' ? goneState(step) : null;
  if (status) await noteGone(tx, { platform, url: step.url }, { status, reason: step.reason, captureId, now });
}

/** Whose a page is that shows nothing of the post or account it used to show. */
async function noteAbsence(tx: Db, step: CrawlStep, at: StepPlace, now: Date): Promise<string | null> {
  if (step.kind === 'post') {
    if (step.outcome === 'unchanged') return touchPostByUrl(tx, at.platform, step.url, now);
    return goneState(step) ? accountOfPostAt(tx, at.platform, step.url) : null;
  }
  if (step.kind !== 'account') return null;
  const accountId = await accountByUrl(tx, at.platform, bareUrl(step.url));
  if (accountId && step.outcome === 'removed_by_platform') await setAccountStatus(tx, accountId, 'suspended', step.reason);
  if (accountId && step.outcome === 'deleted') await setAccountStatus(tx, accountId, 'gone', step.reason);
  return accountId;
}

function countsOf(step: CrawlStep, posts: number, fresh: number): Partial<RunCounts> {
  const wall = WALLS.has(step.outcome) ? 1 : 0;
  const fault = FAULTS.has(step.outcome) ? 1 : 0;
  const same = step.outcome === 'unchanged' ? 1 : 0;
  return { pages: 1, unchanged: same, walls: wall, errors: fault, posts, newPosts: fresh, bytes: step.result.exchange?.body.length ?? 0 };
}

/** Runs in the transaction that stores a step (a task's counts), so that state and what it tells of never part. */
type Also = (tx: Db, kept: KeptStep) => Promise<void>;

/** Seals and stores one step. A page that says what the store refuses is kept as one that nobody could read: it stops no walk. */
export async function keepStep(ctx: JobContext, step: CrawlStep, at: StepPlace, also?: Also): Promise<KeptStep> {
  const sealed = await sealStep(ctx, step);
  try {
    return await keepSealed(ctx, step, sealed, at, also);
  } catch (error) {
    const refused = step.outcome === 'ok' ? refusedValue(error) : null;
    if (refused === null) throw error;
    ctx.log.error({ url: step.url, refused }, 'page cannot be stored');
    return keepSealed(ctx, { ...step, outcome: 'parse_drift', reason: '页面内容无法入库，仅留存原始应答', parsed: null, posts: [] }, sealed, at, also);
  }
}

async function keepSealed(ctx: JobContext, step: CrawlStep, sealed: SealedStep, at: StepPlace, also?: Also): Promise<KeptStep> {
  const { place } = sealed;
  const now = ctx.clock.now();
  return patiently(ctx.db, async (tx) => {
    const page = step.parsed?.account && step.outcome === 'ok' ? await saveAccountOf(tx, at.platform, step.parsed.account, step, now) : null;
    const own = page ?? (await noteAbsence(tx, step, at, now));
    const captureId = newId();
    await noteFate(tx, step, at.platform, captureId, now);
    const saved = step.outcome === 'ok' ? await savePosts(tx, step, at, own, now, captureId) : { accountId: own, shown: new Set<string>(), posts: 0, fresh: 0 };
    if (step.outcome === 'ok' && place && at.kind !== 'probe') {
      const links = (step.parsed?.links ?? []).map(({ url, kind }) => ({ url, kind }));
      await savePageState(tx, {
        url: step.url,
        etag: header(step, 'etag'),
        lastModified: header(step, 'last-modified'),
        sha256: place.sha256,
        captureId,
        links,
        parts: step.parts ? [...step.parts] : null,
        seenAt: now,
      });
    }
    const beside = [...saved.shown].filter((id) => id !== own);
    const kept: KeptStep = {
      captureId,
      accountId: saved.accountId,
      accountIds: own ? [own, ...beside] : beside,
      beside,
      counts: countsOf(step, saved.posts, saved.fresh),
      changed: saved.fresh > 0,
    };
    const from = at.source && at.sourceId ? { id: at.sourceId, name: at.source.name } : null;
    await proposeFrom(tx, step, { platform: at.platform, accountId: saved.accountId, captureId, source: from, fresh: saved.fresh > 0 }, now);
    await also?.(tx, kept);
    // Last, because the ledger's lock is held from here to the end of the transaction and all walks wait for it.
    await recordCapture(tx, { step, sealed, at, accountId: own, now, id: captureId });
    return kept;
  });
}
