/**
 * What happens to the world after it was made: suspensions, deleted posts, notices received and receipts still to
 * send. Kept in one JSON file, written atomically, so that a demo killed in the middle goes on where it stood.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { PinchaError, reasonOf } from '../core/errors.ts';
import { measureSchema } from '../core/model/case.ts';
import { receiptSchema } from '../core/model/notice.ts';

const suspensionSchema = z.object({ noticeId: z.string(), at: z.string(), measure: measureSchema, until: z.string().nullable() });
const pendingSchema = z.object({ id: z.string(), noticeId: z.string(), receipt: receiptSchema, attempts: z.number().int() });

const stateSchema = z.object({
  version: z.literal(1),
  seed: z.number().int(),
  /** Ports of the last start, so that addresses stay the same after a restart. */
  ports: z.array(z.number().int()),
  /** By `platform/externalId`. */
  suspended: z.record(z.string(), suspensionSchema),
  deletedPosts: z.record(z.string(), z.string()),
  /** By notice id: digest of the body, and whether a first delivery has been turned away. */
  notices: z.record(z.string(), z.object({ digest: z.string(), receivedAt: z.string(), platform: z.string(), target: z.string(), reference: z.string() })),
  turnedAway: z.record(z.string(), z.number().int()),
  pending: z.array(pendingSchema),
  /** ISO instant of the last visible change. */
  changedAt: z.string(),
});
export type SandboxState = z.infer<typeof stateSchema>;
export type PendingReceipt = z.infer<typeof pendingSchema>;

export interface StateStore {
  readonly value: SandboxState;
  /** Changes the state and writes it down before returning. */
  update(change: (state: SandboxState) => void): void;
}

const empty = (seed: number, changedAt: string): SandboxState => ({
  version: 1,
  seed,
  ports: [],
  suspended: {},
  deletedPosts: {},
  notices: {},
  turnedAway: {},
  pending: [],
  changedAt,
});

function writeAtomically(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = openSync(temporary, 'w');
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

/**
 * Opens the state of a world. A file of another seed belongs to another world and is begun anew.
 * @param file null keeps the state in memory
 * @throws PinchaError FILE_UNREADABLE when the file is there but is not ours
 */
export function openState(file: string | null, seed: number, bornAt: string): StateStore {
  let value = empty(seed, bornAt);
  if (file !== null && existsSync(file)) {
    let read: SandboxState;
    try {
      read = stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (thrown) {
      throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(thrown) }, thrown);
    }
    if (read.seed === seed) value = read;
  }
  return {
    get value() {
      return value;
    },
    update: (change) => {
      change(value);
      if (file !== null) writeAtomically(file, JSON.stringify(value));
    },
  };
}

/** The key of an account in the state. */
export const accountKey = (platform: string, externalId: string): string => `${platform}/${externalId}`;
