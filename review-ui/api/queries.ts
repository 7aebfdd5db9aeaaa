/** What the pages read, one hook a question; keys are shared so that a write refreshes what it touched. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type {
  AboutView,
  AccountDetail,
  AccountView,
  CaseView,
  LicenceListRow,
  MeView,
  NoticeRow,
  NoticeView,
  PostDetail,
  PostView,
  QueueCounts,
  QueuePage,
  QueueRow,
} from '../../core/model/api.ts';
import type { LookView } from '../../core/model/api-look.ts';
import type { AccountParty, ClusterRow, ClusterView } from '../../core/model/api-network.ts';
import type { RunRow, RunView } from '../../core/model/api-run.ts';
import { get, getText, type Query, rememberCsrf } from './client.ts';

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}
const PAGE = 50;
export const RAW_LIMIT = 200_000;

export const keys = {
  me: ['me'] as const,
  queue: (query: Query) => ['queue', query] as const,
  counts: ['queue', 'counts'] as const,
  case: (id: string) => ['case', id] as const,
  notices: (query: Query) => ['notices', query] as const,
  notice: (id: string) => ['notice', id] as const,
  runs: ['runs'] as const,
  run: (id: string) => ['run', id] as const,
  accounts: (query: Query) => ['accounts', query] as const,
  account: (id: string) => ['account', id] as const,
  accountPosts: (id: string) => ['account', id, 'posts'] as const,
  clusters: ['clusters'] as const,
  cluster: (id: string) => ['clusters', id] as const,
  party: (id: string) => ['party', id] as const,
  post: (id: string) => ['post', id] as const,
  raw: (id: string) => ['raw', id] as const,
  lists: ['licence-lists'] as const,
};

/** What anybody may know: whether this is a demonstration, and whose. */
export const useAbout = () =>
  useQuery({ queryKey: ['about'], queryFn: ({ signal }) => get<AboutView>('/about', {}, signal), staleTime: Number.POSITIVE_INFINITY });
export const useMe = () =>
  useQuery({
    queryKey: keys.me,
    queryFn: async ({ signal }) => {
      const me = await get<MeView>('/me', {}, signal);
      rememberCsrf(me.csrf);
      return me;
    },
    staleTime: 5 * 60_000,
    retry: false,
  });

/** How often a page that others move is read again. */
const MOVING_MS = 5_000;

function usePaged<T>(queryKey: readonly unknown[], path: string, query: Query, enabled = true, refetchInterval: number | false = false) {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => get<Page<T>>(path, { limit: PAGE, ...query, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval,
  });
}

export const useQueue = (query: Query, enabled = true) => usePaged<QueueRow>(keys.queue(query), '/queue', query, enabled);
/** A short, unpaged look at the queue, for the desk. */
export const useQueueTop = (query: Query, enabled = true) =>
  useQuery({ queryKey: ['queue', 'top', query], queryFn: ({ signal }) => get<QueuePage>('/queue', { limit: 20, ...query }, signal), enabled });
export const useCounts = (enabled = true) =>
  useQuery({ queryKey: keys.counts, queryFn: ({ signal }) => get<QueueCounts>('/queue/counts', {}, signal), refetchInterval: 30_000, enabled });
/** One case, for reading it alone or many at once. */
export const caseQuery = (id: string) => ({
  queryKey: keys.case(id),
  queryFn: ({ signal }: { signal: AbortSignal }) => get<CaseView>(`/cases/${id}`, {}, signal),
  staleTime: 10_000,
});
export const useCase = (id: string | null) =>
  useQuery({
    ...caseQuery(id ?? ''),
    enabled: id !== null,
    // while the platform and the re-crawl are at work the case moves without anybody here
    refetchInterval: (query) => (query.state.data?.state === 'enforcing' ? MOVING_MS : false),
  });
/** Reads a case again and again while something that is being made for it, a page shot, is waited for on screen. */
export const useAwaited = (caseId: string, waiting: boolean) =>
  useQuery({ ...caseQuery(caseId), enabled: waiting, refetchInterval: waiting ? MOVING_MS : false });
export const useNotices = (query: Query, enabled = true) => usePaged<NoticeRow>(keys.notices(query), '/notices', query, enabled, MOVING_MS);
export const useNotice = (id: string | null) =>
  useQuery({
    queryKey: keys.notice(id ?? ''),
    queryFn: ({ signal }) => get<NoticeView>(`/notices/${id}`, {}, signal),
    enabled: id !== null,
    refetchInterval: MOVING_MS,
  });
export const useRuns = (enabled = true, refetchInterval: number | false = 15_000) =>
  useQuery({ queryKey: keys.runs, queryFn: ({ signal }) => get<Page<RunRow>>('/runs', { limit: 30 }, signal), refetchInterval, enabled });
export const useRun = (id: string | null) =>
  useQuery({
    queryKey: keys.run(id ?? ''),
    queryFn: ({ signal }) => get<RunView>(`/runs/${id}`, {}, signal),
    enabled: id !== null,
    // sums over a large run cost the database something: the larger, the rarer
    refetchInterval: (query) => (query.state.data?.state === 'running' ? (query.state.data.counts.pages > 10_000 ? 10_000 : 1_000) : false),
  });
export const useAccounts = (query: Query) => usePaged<AccountView>(keys.accounts(query), '/accounts', query);
export const useAccount = (id: string) => useQuery({ queryKey: keys.account(id), queryFn: ({ signal }) => get<AccountDetail>(`/accounts/${id}`, {}, signal) });
export const useAccountPosts = (id: string) => usePaged<PostView>(keys.accountPosts(id), `/accounts/${id}/posts`, {});
export const useClusters = () => usePaged<ClusterRow>(keys.clusters, '/clusters', {});
export const useCluster = (id: string) => useQuery({ queryKey: keys.cluster(id), queryFn: ({ signal }) => get<ClusterView>(`/clusters/${id}`, {}, signal) });
export const useParty = (accountId: string) =>
  useQuery({ queryKey: keys.party(accountId), queryFn: ({ signal }) => get<AccountParty>(`/accounts/${accountId}/party`, {}, signal) });
export const usePost = (id: string | null) =>
  useQuery({ queryKey: keys.post(id ?? ''), queryFn: ({ signal }) => get<PostDetail>(`/posts/${id}`, {}, signal), enabled: id !== null, staleTime: 60_000 });
export const useRaw = (captureId: string | null) =>
  useQuery({
    queryKey: keys.raw(captureId ?? ''),
    queryFn: ({ signal }) => getText(`/captures/${captureId}/raw`, RAW_LIMIT, signal),
    enabled: captureId !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
export const useLists = () => useQuery({ queryKey: keys.lists, queryFn: ({ signal }) => get<Page<LicenceListRow>>('/licence-lists', {}, signal) });

/** All rows of the pages read so far. */
export const rowsOf = <T>(data: { pages: Page<T>[] } | undefined): T[] => data?.pages.flatMap((page) => page.items) ?? [];

/** Every look at a post. */
export const useLooks = (postId: string) =>
  useQuery({ queryKey: ['looks', postId], queryFn: ({ signal }) => get<{ items: LookView[] }>(`/posts/${postId}/looks`, {}, signal) });
