/** Platforms by the names people know them by: answers carry their ids, and one list, asked once, says what they are called. */
import { useQuery } from '@tanstack/react-query';
import type { PlatformList } from '../../core/model/api.ts';
import { get } from '../api/client.ts';

const useList = () => useQuery({ queryKey: ['platforms'], queryFn: ({ signal }) => get<PlatformList>('/platforms', {}, signal), staleTime: 5 * 60_000 });
const NONE: PlatformList['items'] = [];

/** All platforms, by name. */
export const usePlatforms = (): PlatformList['items'] => useList().data?.items ?? NONE;

/** What a platform is called: nothing while the list is on its way, its id when the list does not know it. */
export function usePlatformName(): (id: string) => string {
  const { data, isPending } = useList();
  return (id) => data?.items.find((row) => row.id === id)?.name ?? (isPending ? '' : id);
}
