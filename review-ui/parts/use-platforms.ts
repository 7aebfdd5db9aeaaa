/** The platforms there are, learnt from the newest run, so that no filter offers one that does not exist. */
import { useQuery } from '@tanstack/react-query';
import type { RunRow, RunView } from '../../core/model/api.ts';
import { get } from '../api/client.ts';
import type { Page } from '../api/queries.ts';
import { useMay } from './page-state.tsx';

async function newestPlatforms(signal: AbortSignal): Promise<string[]> {
  const runs = await get<Page<RunRow>>('/runs', { limit: 5 }, signal);
  // a verification run visits few platforms; the widest of the newest runs knows most
  const widest = [...runs.items].sort((a, b) => b.counts.accountsPlanned - a.counts.accountsPlanned)[0];
  if (!widest) return [];
  const run = await get<RunView>(`/runs/${widest.id}`, {}, signal);
  return [...new Set(run.lanes.map((lane) => lane.platform))].sort();
}

export function usePlatforms(): string[] {
  const may = useMay('run.read');
  return useQuery({ queryKey: ['platforms'], queryFn: ({ signal }) => newestPlatforms(signal), enabled: may, staleTime: 5 * 60_000 }).data ?? [];
}
