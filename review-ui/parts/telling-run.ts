/** Which run tells how the watch goes: a run that visited nothing, or only checked a notice, does not. */
import type { RunRow } from '../../core/model/api-run.ts';

export const tellingRun = (runs: readonly RunRow[]): RunRow | undefined =>
  runs.find((run) => run.kind !== 'verify' && (run.state === 'running' || run.counts.accountsPlanned > 0)) ?? runs[0];
