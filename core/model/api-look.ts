/** Every sealed look at a post in the reviewers' API: what came of it, who answered, and what was entered about it since. */
import { z } from 'zod';
import { captureView, id, instant } from './api.ts';
import { CAPTURE_KINDS, outcomeSchema } from './capture.ts';

/** Texts that were entered about a capture; each is served at `/captures/:id/texts/:kind`. */
export const TEXT_KINDS = ['dom_text', 'ocr_text'] as const;

export const lookView = captureView.extend({
  kind: z.enum(CAPTURE_KINDS),
  url: z.string(),
  /** Where redirects led, when elsewhere. */
  finalUrl: z.string().nullable(),
  outcome: outcomeSchema,
  reason: z.string().nullable(),
  status: z.number().int().nullable(),
  mediaType: z.string().nullable(),
  bytes: z.number().int(),
  sm3: z.string().nullable(),
  via: z.enum(['http', 'browser', 'import']),
  /** Number of the record under which its bytes were destroyed. */
  destroyedNo: z.number().int().nullable(),
  /** As the ledger states them; null where nothing is known. */
  network: z
    .object({
      address: z.string().nullable(),
      resolved: z.array(z.string()).nullable(),
      tls: z
        .object({
          protocol: z.string().nullable(),
          subject: z.string().nullable(),
          issuer: z.string().nullable(),
          validFrom: z.string().nullable(),
          validTo: z.string().nullable(),
          certificateSha256: z.string().nullable(),
        })
        .nullable(),
      /** Host minus us, and how far off that may be, ms. */
      clock: z.object({ offsetMs: z.number(), withinMs: z.number() }).nullable(),
    })
    .nullable(),
  /** Later rows of the ledger about it: page shots and texts, each with its own place and digest. */
  rows: z.array(
    z.object({ seq: z.number().int(), kind: z.string(), at: instant, sha256: z.string().nullable(), sm3: z.string().nullable(), from: z.string().nullable() }),
  ),
});
export const lookList = z.object({ post: id, items: z.array(lookView) });
export type LookView = z.infer<typeof lookView>;
