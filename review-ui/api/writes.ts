/**
 * Writes. Acts on one case or notice run one after another, each with the version that the one before answered,
 * so that fast keys never collide with themselves; a 409 from somebody else's change reloads and tells what differs.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CaseAction, CaseView, MeView, NoticeView } from '../../core/model/api.ts';
import type { PackageReceipt, ReplayAddress } from '../../core/model/api-package.ts';
import type { RunRow } from '../../core/model/api-run.ts';
import { ApiFailure, get, post, rememberCsrf } from './client.ts';
import { keys } from './queries.ts';

type WithoutVersion<T> = T extends unknown ? Omit<T, 'version'> : never;
export type CaseStep = WithoutVersion<CaseAction>;
export type NoticeStep = { action: 'resend' } | { action: 'verify_now' } | { action: 'revoke'; reason: string };

/** What a stale write found when it looked again. */
export interface StaleCase {
  readonly before: CaseView | undefined;
  readonly after: CaseView;
}

const FORESEEN = { confirm: 'confirmed', reject: 'rejected', undecide: 'open' } as const;
/** The checklist as it will look once the server agrees; the eye need not wait for it. */
function foresee(view: CaseView, step: CaseStep): CaseView {
  if (step.action !== 'confirm' && step.action !== 'reject' && step.action !== 'undecide') return view;
  const state = FORESEEN[step.action];
  const judged = new Set([step.findingId, ...(step.also ?? [])]);
  return {
    ...view,
    findings: view.findings.map((finding) =>
      judged.has(finding.id) ? { ...finding, state, rejectReason: step.action === 'reject' ? step.reason : null } : finding,
    ),
  };
}

/** Lets a waiting licence list become current, or refuses it. */
export function useListReview(onFailure: (failure: unknown) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, accept }: { readonly id: string; readonly accept: boolean }) => post(`/licence-lists/${id}/review`, { accept }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.lists }),
    onError: onFailure,
  });
}

export function useCaseAct(id: string, onStale: (stale: StaleCase) => void, onFailure: (failure: unknown) => void) {
  const client = useQueryClient();
  return useMutation({
    scope: { id: `case-${id}` },
    mutationFn: async (step: CaseStep) => {
      const version = client.getQueryData<CaseView>(keys.case(id))?.version ?? 0;
      return post<CaseView>(`/cases/${id}/actions`, { ...step, version });
    },
    onMutate: (step) => client.setQueryData<CaseView>(keys.case(id), (now) => now && foresee(now, step)),
    onSuccess: (view) => {
      client.setQueryData(keys.case(id), view);
      void client.invalidateQueries({ queryKey: ['queue'] });
      if (view.notices.length) void client.invalidateQueries({ queryKey: ['notices'] });
    },
    onError: async (failure) => {
      if (failure instanceof ApiFailure && failure.code === 'STALE') {
        const before = client.getQueryData<CaseView>(keys.case(id));
        const after = await client.fetchQuery({ queryKey: keys.case(id), queryFn: () => get<CaseView>(`/cases/${id}`), staleTime: 0 });
        onStale({ before, after });
      } else {
        void client.invalidateQueries({ queryKey: keys.case(id) });
        onFailure(failure);
      }
    },
  });
}

/** The same case with full numbers; the server logs who looked. */
export function useUnmask(id: string) {
  const client = useQueryClient();
  return useMutation({ mutationFn: () => post<CaseView>(`/cases/${id}/unmask`), onSuccess: (view) => client.setQueryData(keys.case(id), view) });
}

/** A large case is read, written and checked for minutes. */
const PACKAGE_MS = 600_000;

/** Exports the evidence of a case and lets the browser fetch the file. */
export function useExport(id: string) {
  return useMutation({ mutationFn: () => post<PackageReceipt>(`/cases/${id}/package`, {}, PACKAGE_MS) });
}

/** Makes a replay of a case and answers where it is. */
export function useReplay(id: string) {
  return useMutation({ mutationFn: () => post<ReplayAddress>(`/cases/${id}/replay`, {}, PACKAGE_MS) });
}

export function useNoticeAct(id: string) {
  const client = useQueryClient();
  return useMutation({
    scope: { id: `notice-${id}` },
    mutationFn: (step: NoticeStep) =>
      post<NoticeView>(`/notices/${id}/actions`, { ...step, version: client.getQueryData<NoticeView>(keys.notice(id))?.version ?? 0 }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: keys.notice(id) });
      void client.invalidateQueries({ queryKey: ['notices'] });
    },
  });
}

/** Claims the next case; answers its id, or null when the queue holds nothing to claim. */
export function useTakeNext() {
  const client = useQueryClient();
  return useMutation({
    scope: { id: 'take-next' },
    mutationFn: async () => (await post<{ caseId: string | null }>('/queue/next')).caseId,
    onSuccess: () => client.invalidateQueries({ queryKey: ['queue'] }),
  });
}

/** Takes a shared thing off as a link between accounts, or puts it back. */
export function useIgnoreThing() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ignore, reason }: { id: string; ignore: boolean; reason: string }) => post<unknown>(`/shared-things/${id}`, { ignore, reason }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.clusters });
      await client.invalidateQueries({ queryKey: ['party'] });
    },
  });
}

export function useStartRun() {
  const client = useQueryClient();
  return useMutation({ mutationFn: () => post<RunRow>('/runs'), onSuccess: () => client.invalidateQueries({ queryKey: keys.runs }) });
}

export function useStopRun() {
  const client = useQueryClient();
  return useMutation({ mutationFn: (id: string) => post<unknown>(`/runs/${id}/stop`), onSettled: () => client.invalidateQueries({ queryKey: ['run'] }) });
}

export function useLogin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: { login: string; password: string }) => {
      await post<unknown>('/login', body);
      const me = await get<MeView>('/me');
      rememberCsrf(me.csrf);
      return me;
    },
    onSuccess: (me) => client.setQueryData(keys.me, me),
  });
}

export function usePasswordChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: { current: string; next: string }) => {
      await post<unknown>('/password', body);
      const me = await get<MeView>('/me');
      rememberCsrf(me.csrf);
      return me;
    },
    onSuccess: (me) => client.setQueryData(keys.me, me),
  });
}

export function useLogout() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => post<unknown>('/logout'),
    onSettled: () => {
      client.clear();
      window.location.assign('/');
    },
  });
}
