/** Files of posts: which are under way, and how one is uploaded with its progress shown. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ImportPage, ImportRejects, ImportView } from '../../core/model/intake.ts';
import { get, post, upload } from './client.ts';

const KEY = ['imports'] as const;
const WHILE_RUNNING_MS = 2_000;
const OTHERWISE_MS = 15_000;

export const useImports = () =>
  useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => get<ImportPage>('/imports', {}, signal),
    refetchInterval: ({ state }) => (state.data?.items.some((row) => row.state === 'running') ? WHILE_RUNNING_MS : OTHERWISE_MS),
  });

export const useRejects = (id: string, enabled: boolean) =>
  useQuery({ queryKey: [...KEY, 'rejects', id], queryFn: ({ signal }) => get<ImportRejects>(`/imports/${id}/rejects`, {}, signal), enabled });

export function useUpload(onFailure: (failure: unknown) => void, onPart: (part: number) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ file, platform }: { readonly file: File; readonly platform: string }) =>
      upload<ImportView>('/imports', { name: file.name, platform }, file, onPart),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
    onError: onFailure,
  });
}

export function useImportAct(onFailure: (failure: unknown) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, act }: { readonly id: string; readonly act: 'stop' | 'resume' }) => post(`/imports/${id}/${act}`),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
    onError: onFailure,
  });
}
