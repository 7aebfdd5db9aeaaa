/**
 * Posts that come in without being crawled: what was handed in is sealed first, then accounts, posts, capture, ledger
 * row and the list of accounts to screen go in one transaction. Files, pushed batches and imported captures all come
 * through here.
 */
import { PinchaError } from '../core/errors.ts';
import type { CaptureKind, Exchange, Outcome } from '../core/model/capture.ts';
import type { HowObtained } from '../core/model/intake.ts';
import type { AccountInput, PostInput } from '../core/model/post.ts';
import type { SealedPlace } from '../core/ports.ts';
import { storableText, storableTime } from '../core/storable.ts';
import { type Db, patiently, refusedValue } from '../db/connect.ts';
import { accountKey, type BulkAccount, type BulkPost, type BulkSaved, bulkPost, saveAccounts, savePosts } from '../db/repositories/bulk.ts';
import { appendLedger, insertCapture } from '../db/repositories/capture.ts';
import { noteDue } from '../db/repositories/due.ts';
import { saveOrigin } from '../db/repositories/origin.ts';
import { addToOutbox } from '../db/repositories/outbox.ts';
import { captureFacts, ledgerRow } from '../evidence/ledger.ts';
import { proposeFromPosts } from './discovery.ts';
import { contentDigest, externalIdOf } from './posts-as-read.ts';

/** Who handed something in, and how it was obtained. */
export interface HandedIn {
  readonly obtained: HowObtained;
  readonly note?: string | null;
  readonly by: string;
  readonly file: string | null;
  readonly fileSha256: string | null;
  readonly part?: string | null;
  readonly obtainedAt?: Date | null;
}

export interface SealedIntake {
  readonly exchange: Exchange;
  readonly place: SealedPlace;
  readonly kind: CaptureKind;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly accountId?: string | null;
  readonly handed: HandedIn;
}

/** Bytes that were handed in, as one exchange to seal. @param url a `urn:pincha:…` name where there is no address */
export function handedExchange(
  url: string,
  body: Buffer,
  at: Date,
  headers: readonly (readonly [string, string])[],
  status = 200,
  statusText = 'Imported',
): Exchange {
  return {
    url,
    finalUrl: url,
    method: 'GET',
    requestHeaders: {},
    status,
    statusText,
    httpVersion: '1.1',
    responseHeaders: headers,
    body,
    remoteAddress: null,
    fetchedAt: at,
    elapsedMs: 0,
    via: 'http',
  };
}

/** Enters sealed bytes with their origin in capture table and ledger. Takes the ledger's lock: call it late in a transaction. @returns the capture's id */
export async function recordIntake(
  tx: Db,
  id: string,
  { exchange, place, kind, outcome, reason, accountId, handed }: SealedIntake,
  now: Date,
): Promise<string> {
  const { url, finalUrl, status, fetchedAt } = exchange;
  const origin = {
    obtained: handed.obtained,
    note: handed.note ?? null,
    by: handed.by,
    file: handed.file,
    fileSha256: handed.fileSha256,
    part: handed.part ?? null,
    obtainedAt: handed.obtainedAt ?? null,
  };
  const facts = captureFacts(place, { url, finalUrl, status, via: 'import', fetchedAt, kind, outcome, reason });
  const payload = { ...facts, origin: { ...origin, obtainedAt: origin.obtainedAt?.toISOString() ?? null } };
  const row = await appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'capture', refId: id, payload, at: now }));
  const seen = { runId: null, sourceId: null, accountId: accountId ?? null, kind, outcome, reason, via: 'import' as const };
  await insertCapture(tx, { id, ...seen, url, finalUrl, status, fetchedAt, place, ledgerSeq: row.seq });
  await saveOrigin(tx, { captureId: id, ...origin, importedAt: now });
  return id;
}

/** The account a post belongs to: its own, else the employer it names, else what it came in. */
export function accountOfPost(post: PostInput, otherwise: AccountInput): AccountInput {
  if (post.account && (post.account.id || post.account.name)) return post.account;
  const name = post.company?.trim();
  return name ? { id: `company:${name}`.slice(0, 300), name, subjectName: name } : otherwise;
}

export interface StoredPosts extends BulkSaved {
  /** Accounts the posts belong to, by {@link accountKey}. */
  readonly accounts: ReadonlyMap<string, string>;
}

/** A post ready to be stored, and the account it belongs to. */
export interface PreparedPost {
  readonly post: BulkPost;
  readonly on: BulkAccount;
}

/**
 * Makes posts ready to be stored, so that no row is locked meanwhile.
 * @param of what they came in: the platform where a post names none, and the account where it names neither account nor employer
 */
export function preparePosts(posts: readonly PostInput[], of: { readonly platform: string; readonly account: AccountInput }): PreparedPost[] {
  return posts.map((input) => {
    const platform = storableText(input.platform ?? of.platform);
    const contentSha256 = contentDigest(input);
    const externalId = externalIdOf(input, contentSha256);
    const post = bulkPost({ platform, externalId, input, contentSha256, publishedAt: storableTime(input.publishedAt) });
    return { post, on: { platform, input: accountOfPost(input, of.account) } };
  });
}

/** Stores prepared posts with their accounts and puts the accounts on the list to be screened. */
export async function storePrepared(
  tx: Db,
  prepared: readonly PreparedPost[],
  { captureId, now }: { readonly captureId: string; readonly now: Date },
): Promise<StoredPosts> {
  const accounts = await saveAccounts(
    tx,
    prepared.map(({ on }) => on),
    now,
  );
  const rows = prepared.map(({ post, on }) => ({ accountId: accounts.get(accountKey(on)) ?? '', post }));
  const saved = await savePosts(tx, rows, { captureId, now });
  await proposeFromPosts(tx, saved.fresh, captureId, now);
  await noteDue(
    tx,
    saved.fresh.map((p) => p.accountId),
    now,
  );
  return { ...saved, accounts };
}

/** Thrown to undo what was only tried. */
const TRIED = new PinchaError('INTERNAL', { reason: 'tried' });

/**
 * Which posts the store refuses, found by halves, each stored and undone: what one post says must not keep others out.
 * @returns what it says of each, by its place
 */
export async function refusedPosts(
  db: Db,
  prepared: readonly PreparedPost[],
  seen: { readonly captureId: string; readonly now: Date },
): Promise<Map<number, string>> {
  const refused = new Map<number, string>();
  const tryOut = async (from: number, to: number): Promise<void> => {
    try {
      await patiently(db, async (tx) => {
        await storePrepared(tx, prepared.slice(from, to), seen);
        throw TRIED;
      });
    } catch (error) {
      if (error === TRIED) return;
      const said = refusedValue(error);
      if (said === null) throw error;
      const half = Math.ceil((from + to) / 2);
      if (to - from <= 1) refused.set(from, said);
      else
        for (const [a, b] of [
          [from, half],
          [half, to],
        ] as const)
          await tryOut(a, b);
    }
  };
  await tryOut(0, prepared.length);
  return refused;
}

/** Both in one go. */
export const storePosts = (
  tx: Db,
  posts: readonly PostInput[],
  of: { readonly platform: string; readonly account: AccountInput; readonly captureId: string; readonly now: Date },
): Promise<StoredPosts> => storePrepared(tx, preparePosts(posts, of), of);

/** Calls for the accounts on the list to be screened. */
export const callForScreening = (tx: Db, now: Date): Promise<void> => addToOutbox(tx, [{ topic: 'accounts.due', payload: {} }], now);
