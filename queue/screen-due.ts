/**
 * Screens the accounts on the list, some at a time until none is left: they are linked together, then screened
 * together under their locks. A kill loses the accounts in hand, whose claim runs out; a second worker takes others.
 */
import { reasonOf } from '../core/errors.ts';
import { inTransaction } from '../db/connect.ts';
import { claimDue, type Due, letGoOfDue, settleDue } from '../db/repositories/due.ts';
import type { JobContext } from './context.ts';
import { screenWhatCan } from './jobs/screen-account.ts';

/** Accounts claimed at once. */
const BATCH = 50;
/** Longer than a batch takes, whatever its accounts hold. */
const CLAIM_MS = 10 * 60_000;

export interface ScreenedDue {
  readonly accounts: number;
  readonly findings: number;
  readonly cases: number;
}

/**
 * Screens the next accounts. Those that cannot be screened keep their claim and are tried again when it runs out.
 * @returns false when none waits @throws what stood in the way when none of several could be screened
 */
async function screenSome(ctx: JobContext, sum: { accounts: number; findings: number; cases: number }, signal: AbortSignal): Promise<boolean> {
  const now = ctx.clock.now();
  const due: Due[] = await inTransaction(ctx.db, (tx) => claimDue(tx, BATCH, now, new Date(now.getTime() + CLAIM_MS)));
  if (due.length === 0) return false;
  const { findings, opened, screened, failures } = await screenWhatCan(
    ctx,
    due.map((d) => d.accountId),
    signal,
  );
  const done = new Set(screened);
  await inTransaction(ctx.db, async (tx) => {
    await settleDue(
      tx,
      due.filter((d) => done.has(d.accountId)),
    );
    // Not reached before the end: whoever comes next need not wait for the claim to run out.
    await letGoOfDue(
      tx,
      due.flatMap(({ accountId: id }) => (done.has(id) || failures.has(id) ? [] : [id])),
    );
  });
  for (const [accountId, error] of failures) ctx.log.error({ accountId, error: reasonOf(error) }, 'account could not be screened; it is tried again later');
  sum.accounts += screened.length;
  sum.findings += findings;
  sum.cases += opened;
  if (failures.size > 1 && screened.length === 0) for (const error of failures.values()) throw error;
  return true;
}

/** Works the list off until it is empty or the process ends. @param tell told after each batch */
export async function screenDue(ctx: JobContext, tell: (so: ScreenedDue) => void = () => undefined, signal: AbortSignal = ctx.signal): Promise<ScreenedDue> {
  const sum = { accounts: 0, findings: 0, cases: 0 };
  const lane = async (): Promise<void> => {
    while (!signal.aborted && (await screenSome(ctx, sum, signal))) tell(sum);
  };
  // While one batch waits for the database another is read. All have ended when this ends, also where one failed.
  const ends = await Promise.allSettled(Array.from({ length: ctx.config.screenLanes }, lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return sum;
}
