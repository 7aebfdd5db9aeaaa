/**
 * Captures that people hand in (saved and recorded pages, pictures, chats): the file is kept as it came, each page an
 * adapter knows is sealed with who handed it in and how it was obtained, and its posts are stored and screened like
 * crawled ones. What no adapter knows of a recording is not taken out of it. Done twice, it doubles nothing.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256, sm3 } from '../core/digest.ts';
import { PinchaError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { CaptureKind, ParsedPage } from '../core/model/capture.ts';
import type { HowObtained } from '../core/model/intake.ts';
import type { AccountInput, PostInput } from '../core/model/post.ts';
import { postsOfChat } from '../crawlers/imports/chat.ts';
import { type HandedFile, nameInUrn, openHanded, readHandedPage } from '../crawlers/imports/read.ts';
import { type HandedPage, isPicture } from '../crawlers/imports/types.ts';
import { platformById } from '../crawlers/platforms/registry.ts';
import { type Db, inTransaction, patiently, refusedValue } from '../db/connect.ts';
import { accountKey, saveAccounts } from '../db/repositories/bulk.ts';
import { appendLedger } from '../db/repositories/capture.ts';
import { noteDue } from '../db/repositories/due.ts';
import { importedParts } from '../db/repositories/origin.ts';
import { savePostPictures } from '../db/repositories/picture.ts';
import { blobFacts, ledgerRow } from '../evidence/ledger.ts';
import type { JobContext } from './context.ts';
import { callForScreening, type HandedIn, handedExchange, recordIntake, storePosts } from './intake.ts';
import { picturesOf } from './posts-as-read.ts';

export interface CaptureRequest {
  readonly file: string;
  readonly obtained: HowObtained;
  readonly note: string | null;
  readonly by: string;
  /** Where a single page or picture came from. */
  readonly url: string | null;
  /** When it was saved or seen. */
  readonly at: Date | null;
  readonly platform: string | null;
  /** Whose post a picture shows, where the picture alone does not say. */
  readonly account: string | null;
}
export interface CaptureImport {
  readonly file: string;
  readonly format: HandedFile['format'];
  /** Pages and pictures sealed, and how many of the file were left out because no adapter knows them. */
  readonly sealed: number;
  readonly unknown: number;
  readonly posts: number;
  readonly fresh: number;
  readonly accountIds: readonly string[];
  /** What the pages said, by status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly already: boolean;
}

type Ctx = Pick<JobContext, 'db' | 'clock' | 'sealer' | 'content'>;
/** Pictures of one file that are sealed with its posts. */
const MOST_PICTURES = 2_000;

interface Work {
  readonly ctx: Ctx;
  readonly wish: CaptureRequest;
  readonly digest: string;
  readonly name: string;
  readonly now: Date;
  /** Parts stored by an earlier go. */
  readonly stored: ReadonlySet<string>;
  readonly tally: { sealed: number; unknown: number; posts: number; fresh: number; statuses: Record<string, number> };
  readonly accounts: Set<string>;
  /** Posts whose pictures may stand in the same file, by the picture's address. */
  readonly wanted: Map<string, Map<string, { accountId: string; images: readonly string[] }>>;
}

/** Bytes of an address that the index of captures takes; recordings hold longer ones, which stand in the record alone. */
const LONGEST_URL = 2_000;
const short = (url: string | null): string | null => (url !== null && Buffer.byteLength(url) <= LONGEST_URL ? url : null);

const urlOf = ({ digest, name }: Work, page: HandedPage): string =>
  short(page.url) ?? `urn:pincha:import:${digest}#${nameInUrn(name)}${page.part ? `:${page.part}` : ''}`;

async function sealPage(work: Work, page: HandedPage) {
  const at = page.at ?? work.wish.at ?? work.now;
  const headers: [string, string][] = page.contentType ? [['Content-Type', page.contentType]] : [];
  const named = handedExchange(urlOf(work, page), page.body, at, headers, page.status);
  const exchange = { ...named, finalUrl: page.url ?? named.url };
  return { exchange, place: await work.ctx.sealer.seal(exchange, 'import') };
}

const handedOf = ({ wish, digest, name }: Work, page: HandedPage): HandedIn => ({
  obtained: wish.obtained,
  note: wish.note,
  by: wish.by,
  file: name,
  fileSha256: digest,
  part: page.part ?? '1',
  obtainedAt: page.at ?? wish.at,
});

const kindOf = (page: HandedPage, parsed: ParsedPage): CaptureKind => {
  if (isPicture(page)) return 'image';
  return page.url ? platformById(parsed.platform).kindOf(page.url) : parsed.posts.length > 0 ? 'post' : parsed.account ? 'account' : 'import';
};

interface Found {
  readonly kind: CaptureKind;
  readonly outcome: ParsedPage['status'];
  readonly reason: string | null;
  readonly platform: string;
  readonly account: AccountInput | null;
  readonly posts: readonly PostInput[];
}

/** Stores one page with its posts; one that says what the store refuses is kept as one that nobody could read. */
async function storePage(work: Work, page: HandedPage, found: Found): Promise<void> {
  const sealed = await sealPage(work, page);
  try {
    await storeSealed(work, page, sealed, found);
  } catch (error) {
    if (refusedValue(error) === null) throw error;
    await storeSealed(work, page, sealed, { ...found, outcome: 'parse_drift', reason: '页面内容无法入库，仅留存原件', account: null, posts: [] });
  }
}

/** All in one transaction. */
async function storeSealed(work: Work, page: HandedPage, { exchange, place }: Awaited<ReturnType<typeof sealPage>>, found: Found): Promise<void> {
  const { ctx, now, digest, name } = work;
  const captureId = newId();
  const otherwise: AccountInput = found.account ?? { id: `import:${digest.slice(0, 24)}`, name: `${name} 所示账号（未注明）` };
  const done = await patiently(ctx.db, async (tx) => {
    const own = found.account ? await saveOwn(tx, found, now) : null;
    const saved = found.posts.length > 0 ? await storePosts(tx, found.posts, { platform: found.platform, account: otherwise, captureId, now }) : null;
    if (own) await noteDue(tx, [own], now);
    // The ledger's lock is taken after those of accounts and posts, as everybody does.
    const sealed = { exchange, place, kind: found.kind, outcome: found.outcome, reason: found.reason, accountId: own, handed: handedOf(work, page) };
    await recordIntake(tx, captureId, sealed, now);
    // A picture must be known before it is tied to the post that shows it.
    if (found.kind === 'image') for (const { id, input } of saved?.fresh ?? []) await savePostPictures(tx, id, picturesOf(input));
    return { own, saved };
  });
  for (const id of done.saved?.accounts.values() ?? []) work.accounts.add(id);
  if (done.own) work.accounts.add(done.own);
  for (const { id, accountId, input } of done.saved?.fresh ?? [])
    for (const url of input.images ?? []) work.wanted.set(url, (work.wanted.get(url) ?? new Map()).set(id, { accountId, images: input.images ?? [] }));
  work.tally.sealed += 1;
  work.tally.posts += found.posts.length;
  work.tally.fresh += done.saved?.fresh.length ?? 0;
  work.tally.statuses[found.outcome] = (work.tally.statuses[found.outcome] ?? 0) + 1;
}

async function saveOwn(tx: Db, { platform, account }: Found, now: Date): Promise<string | null> {
  if (!account) return null;
  const one = { platform, input: account };
  return (await saveAccounts(tx, [one], now)).get(accountKey(one)) ?? null;
}

/** A screenshot is a post of its picture: its words are read from it afterwards. */
function foundInPicture(work: Work, page: HandedPage): Found {
  const { wish, digest, name } = work;
  const account = wish.account ? { id: wish.account, name: wish.account } : null;
  const post: PostInput = {
    id: `picture:${digest.slice(0, 40)}`,
    title: `截图 ${name}`.slice(0, 200),
    images: [urlOf(work, page)],
    ...(wish.url ? { url: wish.url } : {}),
  };
  return { kind: 'image', outcome: 'ok', reason: null, platform: wish.platform ?? 'import', account, posts: [post] };
}

function foundInChat({ chat }: HandedFile, { wish, name }: Work): Found | null {
  if (!chat) return null;
  const posts = postsOfChat(chat, name.replace(/\.\w+$/, ''));
  return {
    kind: 'import',
    outcome: posts.length > 0 ? 'ok' : 'empty_state',
    reason: `${chat.messages.length} 条消息`,
    platform: wish.platform ?? chat.platform,
    account: null,
    posts,
  };
}

/** Less than this is a pointer to a post: stored, it would shorten what the post's own page said. */
const LEAST_WORDS = 40;
const ofList = (platform: string, posts: readonly PostInput[]): readonly PostInput[] =>
  platformById(platform).wholeLists ? posts : posts.filter((post) => (post.text?.length ?? 0) >= LEAST_WORDS);

async function takePages(work: Work, handed: HandedFile): Promise<void> {
  const alone = handed.format === 'html' || handed.format === 'json';
  let main: HandedPage | null = null;
  for await (const given of handed.pages()) {
    const page = { ...given, at: given.at ?? work.wish.at };
    if (work.stored.has(page.part ?? '1')) continue;
    if (handed.format === 'picture') {
      await storePage(work, page, foundInPicture(work, page));
      continue;
    }
    const chat = foundInChat(handed, work);
    if (chat) {
      await storePage(work, page, chat);
      continue;
    }
    const parsed = readHandedPage(page, { platform: work.wish.platform, alone, file: work.name });
    if (parsed) {
      const { status: outcome, statusReason: reason, platform, account, posts } = parsed;
      const kind = kindOf(page, parsed);
      await storePage(work, page, { kind, outcome, reason, platform, account, posts: kind === 'list' ? ofList(platform, posts) : posts });
    } else {
      if (!isPicture(page)) work.tally.unknown += 1;
      main ??= /html|json/i.test(page.contentType ?? 'html') ? page : null;
    }
  }
  // Nothing known in the file: what it is about is sealed all the same, and says that nobody could read it.
  if (work.tally.sealed === 0 && work.stored.size === 0 && main)
    await storePage(work, main, { kind: 'import', outcome: 'parse_drift', reason: '未识别平台', platform: 'import', account: null, posts: [] });
}

/** Seals the pictures of the file that its posts show, and ties them to the posts. */
async function takePictures(work: Work, handed: HandedFile): Promise<void> {
  if (work.wanted.size === 0 || handed.format === 'picture') return;
  const touched = new Map<string, { accountId: string; images: readonly string[] }>();
  let taken = 0;
  for await (const page of handed.pages()) {
    const posts = page.url && isPicture(page) ? work.wanted.get(page.url) : undefined;
    if (!posts || taken >= MOST_PICTURES) continue;
    taken += 1;
    const { exchange, place } = await sealPage(work, page);
    const sealed = { exchange, place, kind: 'image' as const, outcome: 'ok' as const, reason: null, handed: handedOf(work, page) };
    await inTransaction(work.ctx.db, (tx) => recordIntake(tx, newId(), sealed, work.now));
    work.tally.sealed += 1;
    for (const [id, post] of posts) touched.set(id, post);
  }
  if (touched.size === 0) return;
  await patiently(work.ctx.db, async (tx) => {
    for (const [id, { images }] of touched) await savePostPictures(tx, id, picturesOf({ images }));
    await noteDue(
      tx,
      [...touched.values()].map((p) => p.accountId),
      work.now,
    );
  });
}

/** Keeps the file itself as it came, once, with its ledger row. */
async function keepFile({ ctx, wish, digest, name, now }: Work, bytes: Buffer): Promise<void> {
  await ctx.content.put(bytes);
  const { obtained, note, by, at } = wish;
  const origin = { obtained, note, by, obtainedAt: at?.toISOString() ?? null };
  const payload = { ...blobFacts({ sha256: digest, sm3: sm3(bytes), size: bytes.length, from: 'live' }), name, origin };
  await inTransaction(ctx.db, (tx) => appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'import', refId: newId(), payload, at: now })));
}

/**
 * Takes one file of captures in.
 * @throws PinchaError FILE_UNREADABLE, FILE_TOO_LARGE, PLATFORM_UNKNOWN
 */
export async function importCaptures(ctx: Ctx, wish: CaptureRequest): Promise<CaptureImport> {
  const handed = await openHanded(wish.file, wish.url);
  const own = handed.format === 'picture' || handed.format === 'chat';
  if (wish.platform && !own) platformById(wish.platform);
  const bytes = await readFile(wish.file);
  const digest = sha256(bytes);
  const now = ctx.clock.now();
  if (wish.at && wish.at > now) throw new PinchaError('INPUT_INVALID', { field: 'at', reason: '取得时间晚于现在' });
  const stored = await importedParts(ctx.db, digest);
  const tally = { sealed: 0, unknown: 0, posts: 0, fresh: 0, statuses: {} };
  const work: Work = { ctx, wish, digest, name: path.basename(wish.file), now, stored, tally, accounts: new Set(), wanted: new Map() };
  if (stored.size === 0) await keepFile(work, bytes);
  await takePages(work, handed);
  await takePictures(work, handed);
  if (work.accounts.size > 0) await inTransaction(ctx.db, (tx) => callForScreening(tx, now));
  return { file: wish.file, format: handed.format, ...tally, accountIds: [...work.accounts], already: stored.size > 0 && tally.sealed === 0 };
}
