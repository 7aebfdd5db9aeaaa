/** Replays and re-screenings with their progress, and the button that stops one. Also stands on the page of runs. */
import { Button } from 'antd';
import { Link } from 'wouter';
import type { RuleJobView } from '../../../core/model/api-rule.ts';
import { useJobAct } from '../../api/rules.ts';
import { useMay } from '../../parts/page-state.tsx';
import { useWords } from '../../text/language.tsx';
import { count, moment } from '../../text/when.ts';

export function Jobs({ jobs }: { jobs: readonly RuleJobView[] }) {
  const words = useWords();
  const w = words.rules;
  const act = useJobAct();
  const [drafts, publishes, runs] = [useMay('rule.draft'), useMay('rule.publish'), useMay('run.start')];
  const may = drafts || publishes || runs;
  return (
    <div className="list">
      {jobs.map((job) => {
        const n = (key: string): number => job.counts[key] ?? 0;
        const part = job.total > 0 ? Math.min(1, job.done / job.total) : job.state === 'done' ? 1 : 0;
        return (
          <div key={job.id} className="pad rule-job">
            <div className="row wrap">
              <strong>{w.job[job.kind]}</strong>
              <span className={`tag${job.state === 'failed' ? ' bad' : job.state === 'done' ? ' good' : ''}`}>{w.jobState[job.state]}</span>
              {job.pack ? job.revisionId ? <Link href={`/rules/drafts/${job.revisionId}`}>{job.pack}</Link> : <span>{job.pack}</span> : null}
              <span className="num">
                {count(job.done)} / {count(job.total)}
              </span>
              <span>{job.kind === 'replay' ? w.replayCounts(n('added'), n('removed')) : w.rescreenCounts(n('added'), n('superseded'), n('cases'))}</span>
              <span className="meta">
                {job.startedByName} {moment(job.startedAt)}
              </span>
              {may && job.state === 'running' ? (
                <Button size="small" loading={act.isPending} onClick={() => act.mutate({ id: job.id, verb: 'stop' })}>
                  {w.stop}
                </Button>
              ) : null}
              {may && job.state === 'stopped' ? (
                <Button size="small" loading={act.isPending} onClick={() => act.mutate({ id: job.id, verb: 'resume' })}>
                  {w.resume}
                </Button>
              ) : null}
            </div>
            {job.state === 'running' ? (
              <div className="progress" role="progressbar" aria-valuenow={Math.round(part * 100)} aria-valuemin={0} aria-valuemax={100}>
                <span style={{ width: `${part * 100}%` }} />
              </div>
            ) : null}
            {job.error ? <p className="meta">{job.error}</p> : null}
          </div>
        );
      })}
    </div>
  );
}
