/** What a job is: a name, its queue, the schema of its input, its retries, its key, and one function. */
import type { z } from 'zod';
import type { JobContext } from './context.ts';

export const QUEUES = ['crawl', 'screen', 'notice', 'shot', 'picture', 'clock', 'archive', 'revisit', 'intake', 'import'] as const;
export type QueueName = (typeof QUEUES)[number];

export interface JobSpec<S extends z.ZodType> {
  readonly name: string;
  readonly queue: QueueName;
  readonly input: S;
  /** Tries before the job counts as failed; handlers note the failure themselves through `failed`. */
  readonly attempts: number;
  readonly backoffMs: number;
  /**
   * Two jobs with one key are one job while the first has not ended. Only for work that looks for what there is to do
   * until nothing is left: a job that is ending would swallow the event that came a moment too late.
   */
  readonly key?: (input: z.infer<S>) => string;
  readonly run: (input: z.infer<S>, ctx: JobContext) => Promise<void>;
  /** Told once when the last try failed, so that nothing waits for a job that will not come. */
  readonly failed?: (input: z.infer<S>, ctx: JobContext, reason: string) => Promise<void>;
}

/** A job as the table holds it: its input is checked before it runs. */
export interface Job {
  readonly name: string;
  readonly queue: QueueName;
  readonly attempts: number;
  readonly backoffMs: number;
  /** Null when every event is a job of its own. */
  keyOf(input: unknown): string | null;
  run(input: unknown, ctx: JobContext): Promise<void>;
  failed(input: unknown, ctx: JobContext, reason: string): Promise<void>;
}

export function defineJob<S extends z.ZodType>(spec: JobSpec<S>): Job {
  const { name, queue, attempts, backoffMs } = spec;
  return {
    name,
    queue,
    attempts,
    backoffMs,
    keyOf: (input) => (spec.key ? `${name.replaceAll('.', '-')}_${spec.key(spec.input.parse(input))}` : null),
    run: (input, ctx) => spec.run(spec.input.parse(input), ctx),
    failed: async (input, ctx, reason) => spec.failed?.(spec.input.parse(input), ctx, reason),
  };
}
