/** Reading and changing rules: the list, one rule, drafts, jobs over the archive, the sample that is judged. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  AlarmView,
  DifferencePage,
  DriftList,
  RevisionRow,
  RevisionView,
  RuleFinding,
  RuleJobView,
  RuleRow,
  RuleView,
} from '../../core/model/api-rule.ts';
import type { RuleVerdict } from '../../core/model/rule.ts';
import { get, post } from './client.ts';
import type { Page } from './queries.ts';

export interface RuleList extends Page<RuleRow> {
  readonly lawVersion: string;
  readonly off: readonly { id: string; off: RuleRow['off'] }[];
}
const MOVING_MS = 2_000;
const moving = (jobs: readonly RuleJobView[] | undefined): number | false => (jobs?.some((j) => j.state === 'running') ? MOVING_MS : false);

export const useRules = (q: string) => useQuery({ queryKey: ['rules', q], queryFn: ({ signal }) => get<RuleList>('/rules', { q, limit: 200 }, signal) });
export const useRule = (id: string) => useQuery({ queryKey: ['rule', id], queryFn: ({ signal }) => get<RuleView>(`/rules/${id}`, {}, signal) });
export const useFalseAlarms = (id: string) =>
  useQuery({ queryKey: ['rule', id, 'rejected'], queryFn: ({ signal }) => get<Page<RuleFinding>>(`/rules/${id}/findings`, { state: 'rejected' }, signal) });
export const useRevisions = () =>
  useQuery({ queryKey: ['revisions'], queryFn: ({ signal }) => get<Page<RevisionRow>>('/rule-revisions', { limit: 100 }, signal) });
export const useRevision = (id: string) =>
  useQuery({
    queryKey: ['revision', id],
    queryFn: ({ signal }) => get<RevisionView>(`/rule-revisions/${id}`, {}, signal),
    refetchInterval: (q) => moving(q.state.data?.jobs),
  });
export const usePack = (pack: string | null) =>
  useQuery({
    queryKey: ['pack', pack],
    queryFn: ({ signal }) => get<{ pack: string; text: string }>(`/rule-packs/${pack}`, {}, signal),
    enabled: pack !== null,
  });
export const useJobs = (enabled = true) =>
  useQuery({
    queryKey: ['rule-jobs'],
    queryFn: ({ signal }) => get<Page<RuleJobView>>('/rule-jobs', { limit: 20 }, signal),
    enabled,
    refetchInterval: (q) => moving(q.state.data?.items),
  });
export const useAlarms = (run: string | null, enabled = true) =>
  useQuery({ queryKey: ['rule-alarms', run], queryFn: ({ signal }) => get<{ items: AlarmView[] }>('/rule-alarms', run ? { run } : {}, signal), enabled });
export const useDrift = () => useQuery({ queryKey: ['drift'], queryFn: ({ signal }) => get<DriftList>('/drift', {}, signal) });
export const useDifferences = (owner: string, change: 'added' | 'removed') =>
  useQuery({
    queryKey: ['differences', owner, change],
    queryFn: ({ signal }) => get<DifferencePage>(`/rule-differences/${owner}`, { change, limit: 50 }, signal),
  });

/** A write after which these lists are read again. */
function useWrite<In, Out>(write: (given: In) => Promise<Out>, ...stale: readonly string[]) {
  const client = useQueryClient();
  return useMutation({ mutationFn: write, onSettled: () => Promise.all(stale.map((key) => client.invalidateQueries({ queryKey: [key] }))) });
}
export const useNewDraft = () => useWrite((body: { text: string; note: string }) => post<RevisionView>('/rule-revisions', body), 'revisions');
export const useRevisionAct = (id: string) =>
  useWrite(
    (body: { action: string; version: number; text?: string; note?: string }) => post<RevisionView>(`/rule-revisions/${id}/actions`, body),
    'revision',
    'revisions',
    'rules',
    'rule-jobs',
  );
export const useReplay = (id: string) =>
  useWrite((since: string | undefined) => post<RuleJobView>(`/rule-revisions/${id}/replay`, since ? { since } : {}), 'revision', 'rule-jobs');
export const useJobAct = () =>
  useWrite(({ id, verb }: { id: string; verb: 'stop' | 'resume' }) => post<RuleJobView>(`/rule-jobs/${id}/${verb}`), 'revision', 'rule-jobs');
export const useRescreen = () => useWrite(() => post<RuleJobView>('/rule-jobs/rescreen'), 'rule-jobs');
export const useSwitch = () =>
  useWrite(
    ({ id, on, reason }: { id: string; on: boolean; reason: string }) => post<unknown>(`/rules/${id}/switch`, { on, reason }),
    'rules',
    'rule',
    'rule-jobs',
  );
export const useJudge = () =>
  useWrite(({ id, verdict }: { id: string; verdict: RuleVerdict }) => post<unknown>(`/rule-differences/${id}/judge`, { verdict }), 'differences');
