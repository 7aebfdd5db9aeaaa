/** Page shots on their way into evidence: files first, then a ledger row for each that points at the capture. */
import { sm3 } from '../core/digest.ts';
import type { LiveShot } from '../core/model/capture.ts';
import type { Db } from '../db/connect.ts';
import { appendLedger, setShot } from '../db/repositories/capture.ts';
import { blobFacts, type FILE_KINDS, ledgerRow } from '../evidence/ledger.ts';
import type { JobContext } from './context.ts';

interface StoredFile {
  readonly kind: (typeof FILE_KINDS)[number];
  readonly sha256: string;
  readonly sm3: string;
  readonly size: number;
}

/** Puts the files of a shot into the content store; durable when it returns. */
export async function putShot(ctx: Pick<JobContext, 'content'>, shot: Pick<LiveShot, 'png' | 'domText' | 'layout'>): Promise<readonly StoredFile[]> {
  const files: (readonly [StoredFile['kind'], Buffer])[] = [
    ['shot', shot.png],
    ['dom_text', Buffer.from(shot.domText, 'utf8')],
  ];
  if (shot.layout) files.push(['page_layout', Buffer.from(JSON.stringify(shot.layout), 'utf8')]);
  const stored: StoredFile[] = [];
  for (const [kind, bytes] of files) stored.push({ kind, sha256: await ctx.content.put(bytes), sm3: sm3(bytes), size: bytes.length });
  return stored;
}

/** Enters the files of a capture's shot in the ledger and ties the picture to it. */
export async function enterShot(tx: Db, captureId: string, files: readonly StoredFile[], from: 'sealed' | 'live', now: Date): Promise<void> {
  for (const { kind, ...file } of files)
    await appendLedger(tx, (prev) => ledgerRow(prev, { kind, refId: captureId, payload: blobFacts({ ...file, from }), at: now }));
  const shot = files.find((file) => file.kind === 'shot');
  if (shot) await setShot(tx, captureId, shot.sha256, from);
}
