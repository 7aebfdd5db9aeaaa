/**
 * Screens the accounts on the list, some at a time until none is left: they are linked together, then screened
 * together under their locks. A kill loses the accounts in hand, whose claim runs out; a second worker takes others.
 */
import { inTransaction } from '../db/connect.ts';
import { claimDue, type Due, settleDue } from '../db/repositories/due.ts';
import type { JobContext } from './context.ts';
import { screenAccountsNow } from './jobs/screen-account.ts';

/** Accounts claimed at once. */
const BATCH = 50;
/** Longer than a batch takes, whatever its accounts hold. */
const CLAIM_MS = 10 * 60_000;

export interface ScreenedDue {
  readonly accounts: number;
  readonly findings: number;
  readonly cases: number;
}

/** Screens the next accounts. @returns false when none waits */
async function screenSome(ctx: JobContext, sum: { accounts: number; findings: number; cases: number }): Promise<boolean> {
  const now = ctx.clock.now();
  const due: Due[] = await inTransaction(ctx.db, (tx) => claimDue(tx, BATCH, now, new Date(now.getTime() + CLAIM_MS)));
  if (due.length === 0) return false;
  const done = await screenAccountsNow(
    ctx,
    due.map((d) => d.accountId),
  );
  await inTransaction(ctx.db, (tx) => settleDue(tx, due));
  sum.accounts += due.length;
  sum.findings += done.findings;
  sum.cases += done.opened;
  return true;
}

/** Works the list off until it is empty or the process ends. @param tell told after each batch */
export async function screenDue(ctx: JobContext, tell: (so: ScreenedDue) => void = () => undefined, signal: AbortSignal = ctx.signal): Promise<ScreenedDue> {
  const sum = { accounts: 0, findings: 0, cases: 0 };
  const lane = async (): Promise<void> => {
    while (!signal.aborted && (await screenSome(ctx, sum))) tell(sum);
  };
  // While one batch waits for the database another is read.
  await Promise.all(Array.from({ length: ctx.config.screenLanes }, lane));
  return sum;
}
