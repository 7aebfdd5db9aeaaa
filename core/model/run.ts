/** The nightly or on-demand run, and how its progress is told: closed states and the counts every screen shows. */
export const RUN_STATES = ['running', 'done', 'failed', 'stopped'] as const;
export type RunState = (typeof RUN_STATES)[number];
export const RUN_KINDS = ['nightly', 'demand', 'verify', 'import'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

export interface RunCounts {
  /** Sources and accounts of the run, and how many of them were gone through once: neither ever falls. */
  accountsPlanned: number;
  accountsDone: number;
  /** Of those done, accounts to be screened once more because more of them was seen meanwhile. */
  accountsAgain: number;
  pages: number;
  unchanged: number;
  walls: number;
  errors: number;
  posts: number;
  newPosts: number;
  findings: number;
  newFindings: number;
  casesOpened: number;
  bytes: number;
}
export const EMPTY_COUNTS: Readonly<RunCounts> = {
  accountsPlanned: 0,
  accountsDone: 0,
  accountsAgain: 0,
  pages: 0,
  unchanged: 0,
  walls: 0,
  errors: 0,
  posts: 0,
  newPosts: 0,
  findings: 0,
  newFindings: 0,
  casesOpened: 0,
  bytes: 0,
};
