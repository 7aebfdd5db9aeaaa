/**
 * Posts that come in without being crawled: what was handed in is sealed first, then accounts, posts, capture, ledger
 * row and the list of accounts to screen go in one transaction. Files, pushed batches and imported captures all come
 * through here.
 */
import type { CaptureKind, Exchange, Outcome } from '../core/model/capture.ts';
import type { HowObtained } from '../core/model/intake.ts';
import type { AccountInput, PostInput } from '../core/model/post.ts';
import type { SealedPlace } from '../core/ports.ts';
import { storableText } from '../core/storable.ts';
import type { Db } from '../db/connect.ts';
import { accountKey, type BulkSaved, saveAccounts, savePosts } from '../db/repositories/bulk.ts';
import { appendLedger, insertCapture } from '../db/repositories/capture.ts';
import { noteDue } from '../db/repositories/due.ts';
import { saveOrigin } from '../db/repositories/origin.ts';
import { addToOutbox } from '../db/repositories/outbox.ts';
import { savePostPictures } from '../db/repositories/picture.ts';
import { captureFacts, ledgerRow } from '../evidence/ledger.ts';
import { proposeFromPosts } from './discovery.ts';
import { contentDigest } from './jobs/seal-step.ts';

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

const dateOf = (written: string | undefined): Date | null => {
  const at = written ? new Date(written) : null;
  return at && !Number.isNaN(at.getTime()) ? at : null;
};

/** Pictures of one post that are read. */
const MAX_PICTURES = 30;

export interface StoredPosts extends BulkSaved {
  /** Accounts the posts belong to, by {@link accountKey}. */
  readonly accounts: ReadonlyMap<string, string>;
}

/**
 * Stores posts with their accounts and puts the accounts on the list to be screened.
 * @param of what they came in: the platform where a post names none, and the account where it names neither account nor employer
 */
export async function storePosts(
  tx: Db,
  posts: readonly PostInput[],
  of: { readonly platform: string; readonly account: AccountInput; readonly captureId: string; readonly now: Date; readonly pictures?: boolean },
): Promise<StoredPosts> {
  const { captureId, now } = of;
  const told = posts.map((input) => ({ input, on: { platform: storableText(input.platform ?? of.platform), input: accountOfPost(input, of.account) } }));
  const accounts = await saveAccounts(
    tx,
    told.map(({ on }) => on),
    now,
  );
  const rows = told.map(({ input, on }) => {
    const contentSha256 = contentDigest(input);
    return {
      accountId: accounts.get(accountKey(on)) ?? '',
      platform: on.platform,
      externalId: storableText(input.id ?? input.url ?? contentSha256).slice(0, 300),
      input,
      contentSha256,
      publishedAt: dateOf(input.publishedAt),
    };
  });
  const saved = await savePosts(tx, rows, { captureId, now });
  if (of.pictures) for (const { id, input } of saved.fresh) await savePostPictures(tx, id, (input.images ?? []).slice(0, MAX_PICTURES));
  await proposeFromPosts(
    tx,
    saved.fresh.map(({ accountId, input }) => ({ accountId, platform: storableText(input.platform ?? of.platform), input })),
    captureId,
    now,
  );
  await noteDue(
    tx,
    saved.fresh.map((p) => p.accountId),
    now,
  );
  return { ...saved, accounts };
}

/** Calls for the accounts on the list to be screened. */
export const callForScreening = (tx: Db, now: Date): Promise<void> => addToOutbox(tx, [{ topic: 'accounts.due', payload: {} }], now);
