/** Evidence packages in the reviewers' API. */
import { z } from 'zod';
import { SEAL_STATES } from './seal-state.ts';

/** A package as it was exported; its bytes are at `/cases/:id/package/:sha256` for a day. */
export const packageReceipt = z.object({
  number: z.string(),
  captures: z.number().int(),
  bytes: z.number().int(),
  sha256: z.string(),
  sm3: z.string(),
  state: z.enum(SEAL_STATES),
  ledgerSeq: z.number().int(),
});
/** `page`: what a replay begins with; null where nothing sealed is a page (answers in JSON, pictures, files). */
export const replayAddress = z.object({ url: z.string(), page: z.object({ title: z.string(), url: z.string(), at: z.string() }).nullable() });

export type PackageReceipt = z.infer<typeof packageReceipt>;
export type ReplayAddress = z.infer<typeof replayAddress>;
