/** Legal holds in the reviewers' API. */
import { z } from 'zod';
import { id, instant } from './api.ts';

export const holdView = z.object({
  id,
  reason: z.string(),
  by: z.string(),
  at: instant,
  liftedBy: z.string().nullable(),
  /** Null while it stands. */
  liftedAt: instant.nullable(),
  liftReason: z.string().nullable(),
});
export const holdList = z.object({ items: z.array(holdView) });
export const holdBody = z.object({ reason: z.string().trim().min(1).max(500) });
export type HoldView = z.infer<typeof holdView>;
