/** The platforms there are, learnt from the newest run, so that no filter offers one that does not exist. */

import { useRun, useRuns } from '../api/queries.ts';
import { useMay } from './page-state.tsx';

export function usePlatforms(): string[] {
  const may = useMay('run.read');
  const runs = useRuns(may, false);
  const run = useRun(may ? (runs.data?.items[0]?.id ?? null) : null);
  return [...new Set(run.data?.lanes.map((lane) => lane.platform) ?? [])].sort();
}
