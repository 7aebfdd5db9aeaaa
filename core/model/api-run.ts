/** Runs in the reviewers' API: the list, and one run with its lanes and tasks. Shapes shared with `api.ts`. */
import { z } from 'zod';
import { id, instant, page } from './api.ts';
import { outcomeCounts } from './api-source.ts';
import { outcomeSchema } from './capture.ts';
import { RUN_KINDS, RUN_STATES } from './run.ts';

const counts = z.object({
  accountsPlanned: z.number(),
  accountsDone: z.number(),
  accountsAgain: z.number(),
  pages: z.number(),
  unchanged: z.number(),
  walls: z.number(),
  errors: z.number(),
  posts: z.number(),
  newPosts: z.number(),
  findings: z.number(),
  newFindings: z.number(),
  casesOpened: z.number(),
  bytes: z.number(),
});
export const runRow = z.object({
  id,
  kind: z.enum(RUN_KINDS),
  runDate: z.string(),
  state: z.enum(RUN_STATES),
  counts,
  startedBy: z.string(),
  startedAt: instant,
  endedAt: instant.nullable(),
});
export const runPage = page(runRow);
export const runView = runRow.extend({
  /** "昨夜 41,208 条，新增疑点 312，3 个平台受限". */
  sentence: z.string(),
  lanes: z.array(
    z.object({
      platform: z.string(),
      counts,
      sources: z.number(),
      done: z.number(),
      /** Looks by what came of them, pictures left out. */
      outcomes: outcomeCounts,
      /** Per minute since the start, as pages were sealed: pages, new or changed posts, walls, errors. */
      ticks: z.array(z.object({ minute: z.number(), pages: z.number(), posts: z.number(), walls: z.number(), errors: z.number() })),
    }),
  ),
  tasks: z.array(
    z.object({
      id,
      sourceId: id,
      platform: z.string(),
      name: z.string(),
      url: z.string(),
      state: z.string(),
      outcome: outcomeSchema.nullable(),
      detail: z.string().nullable(),
      pages: z.number(),
      posts: z.number(),
      outcomes: outcomeCounts,
    }),
  ),
  /** Platforms of which more than a fifth of the run's pages lack required fields. */
  alarms: z.array(z.object({ platform: z.string(), pages: z.number(), missing: z.number() })),
  /** The run before, to compare with. */
  previous: z.object({ id, counts }).nullable(),
});

export type RunRow = z.infer<typeof runRow>;
export type RunView = z.infer<typeof runView>;
