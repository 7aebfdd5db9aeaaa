/** Reading and changing sources and candidates, and the holds of a case. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { HoldView } from '../../core/model/api-hold.ts';
import type {
  BoardPreview,
  BoardTrial,
  CandidateDecision,
  CandidateRow,
  NewSourceBody,
  SourceDetail,
  SourceKind,
  SourceRow,
} from '../../core/model/api-source.ts';
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
export const useSource = (id: string | null) =>
  useQuery({
    queryKey: ['sources', 'one', id],
    queryFn: ({ signal }) => get<SourceDetail>(`/sources/${id}`, {}, signal),
    enabled: id !== null,
    refetchInterval: 15_000,
  });
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
/** A page may be waited for: the host's own clock decides when it is asked. */
const BOARD_PATIENCE_MS = 60_000;
export const useBoardTrial = () => useMutation({ mutationFn: (trial: BoardTrial) => post<BoardPreview>('/boards/preview', trial, BOARD_PATIENCE_MS) });
export const useSaveBoard = () => useWrite((yaml: string) => post<SourceRow>('/boards', { yaml }), 'sources');
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
