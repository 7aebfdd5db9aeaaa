/** Platforms by the names people know them by: answers carry their ids, and one list, asked once, says what they are called. */
import { useQuery } from '@tanstack/react-query';
import type { PlatformList } from '../../core/model/api.ts';
import { get } from '../api/client.ts';

const KEY = ['platforms'];
const NONE: PlatformList['items'] = [];

/** All platforms, by name. */
export function usePlatforms(): PlatformList['items'] {
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => get<PlatformList>('/platforms', {}, signal), staleTime: 5 * 60_000 }).data?.items ?? NONE;
}

/** What a platform is called; its id while the list is on its way, or when the list does not know it. */
export function usePlatformName(): (id: string) => string {
  const platforms = usePlatforms();
  return (id) => platforms.find((row) => row.id === id)?.name ?? id;
}
