/** Reading and changing sources and candidates, and the holds of a case. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { HoldView } from '../../core/model/api-hold.ts';
import type { CandidateDecision, CandidateRow, NewSourceBody, SourceKind, SourceRow } from '../../core/model/api-source.ts';
import { get, post, type Query } from './client.ts';
import type { Page } from './queries.ts';

const paged = <T>(key: string, path: string, query: Query) =>
  ({
    queryKey: [key, query],
    queryFn: ({ pageParam, signal }: { pageParam: string | null; signal: AbortSignal }) =>
      get<Page<T>>(path, { limit: 50, ...query, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<T>) => last.nextCursor,
  }) as const;

export const useSources = (query: Query) => useInfiniteQuery({ ...paged<SourceRow>('sources', '/sources', query), refetchInterval: 15_000 });
export const useCandidates = (query: Query) => useInfiniteQuery(paged<CandidateRow>('candidates', '/candidates', query));
export const useProposed = (enabled = true) =>
  useQuery({ queryKey: ['candidates', 'counts'], queryFn: ({ signal }) => get<{ proposed: number }>('/candidates/counts', {}, signal), enabled });
export const useKinds = (enabled: boolean) =>
  useQuery({
    queryKey: ['source-kinds'],
    queryFn: ({ signal }) => get<{ items: SourceKind[] }>('/source-kinds', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  });
export const useHolds = (caseId: string) =>
  useQuery({ queryKey: ['holds', caseId], queryFn: ({ signal }) => get<{ items: HoldView[] }>(`/cases/${caseId}/holds`, {}, signal) });

function useWrite<In, Out>(write: (given: In) => Promise<Out>, ...stale: readonly string[]) {
  const client = useQueryClient();
  return useMutation({ mutationFn: write, onSettled: () => Promise.all(stale.map((key) => client.invalidateQueries({ queryKey: [key] }))) });
}
export const useAddSource = () => useWrite((body: NewSourceBody) => post<SourceRow>('/sources', body), 'sources');
export const useSourceSwitch = () =>
  useWrite(({ id, active }: { id: string; active: boolean }) => post<SourceRow>(`/sources/${id}/active`, { active }), 'sources');
export const useDecide = () =>
  useWrite(({ id, ...body }: CandidateDecision & { readonly id: string }) => post<CandidateRow>(`/candidates/${id}/decision`, body), 'candidates', 'sources');
export const useSeed = () => useWrite((text: string) => post<{ proposed: number; unread: number[] }>('/candidates', { text }), 'candidates');
export const useHold = (caseId: string) =>
  useWrite(
    ({ lift, reason }: { lift: boolean; reason: string }) => post<{ items: HoldView[] }>(`/cases/${caseId}/hold${lift ? '/lift' : ''}`, { reason }),
    'holds',
  );
