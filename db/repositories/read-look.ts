/** Every look at a post: of its address, of its versions, and of its pictures, with the ledger's rows about each. */
import { asc, desc, eq, inArray, or } from 'drizzle-orm';
import type { Db } from '../connect.ts';
import { capture, ledger, post, postPicture, postVersion } from '../schema/index.ts';
import { captureColumns } from './read-account.ts';

const LOOKS = 40;
const KINDS = ['capture', 'shot', 'dom_text', 'ocr_text'] as const;

const lookColumns = {
  ...captureColumns,
  kind: capture.kind,
  url: capture.url,
  finalUrl: capture.finalUrl,
  outcome: capture.outcome,
  reason: capture.reason,
  status: capture.status,
  mediaType: capture.mediaType,
  bytes: capture.size,
  sm3: capture.sm3,
  via: capture.via,
  destroyedNo: capture.destroyedNo,
};

/** @returns null when there is no such post; otherwise its looks, the newest first, and their rows of the ledger */
export async function readLooks(db: Db, postId: string) {
  const [found] = await db.select({ url: post.url, captureId: post.captureId }).from(post).where(eq(post.id, postId));
  if (!found) return null;
  const versions = db.select({ id: postVersion.captureId }).from(postVersion).where(eq(postVersion.postId, postId));
  const pictures = db.select({ id: postPicture.captureId }).from(postPicture).where(eq(postPicture.postId, postId));
  const looks = await db
    .select(lookColumns)
    .from(capture)
    .where(or(found.url === null ? undefined : eq(capture.url, found.url), inArray(capture.id, versions), inArray(capture.id, pictures)))
    .orderBy(desc(capture.fetchedAt), desc(capture.id))
    .limit(LOOKS);
  const ids = looks.map((look) => look.id);
  const rows =
    ids.length === 0
      ? []
      : await db
          .select({ seq: ledger.seq, kind: ledger.kind, refId: ledger.refId, payload: ledger.payload, at: ledger.at })
          .from(ledger)
          .where(inArray(ledger.refId, ids))
          .orderBy(asc(ledger.seq));
  return { looks, rows: rows.filter((row) => KINDS.some((kind) => kind === row.kind)) };
}
export type LookRecord = NonNullable<Awaited<ReturnType<typeof readLooks>>>;

/** The digest of the newest text of a kind that was entered about a capture; null when there is none. */
export async function readTextDigest(db: Db, captureId: string, kind: 'dom_text' | 'ocr_text'): Promise<string | null> {
  const rows = await db.select({ kind: ledger.kind, payload: ledger.payload }).from(ledger).where(eq(ledger.refId, captureId)).orderBy(desc(ledger.seq));
  const row = rows.find((each) => each.kind === kind);
  return row ? (/"sha256":"([0-9a-f]{64})"/.exec(row.payload)?.[1] ?? null) : null;
}
