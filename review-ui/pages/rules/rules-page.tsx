/** Every rule in force with what reviewers made of it, alarms on top, drafts and jobs beside. */
import { Button, Input, Upload } from 'antd';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { RuleDecisions } from '../../../core/model/api-rule.ts';
import { useAlarms, useJobs, useRescreen, useRevisions, useRules, useSwitch } from '../../api/rules.ts';
import { useCursor } from '../../keys/use-cursor.ts';
import { LevelMark } from '../../parts/level-mark.tsx';
import { Answer, Empty, Needs, useMay } from '../../parts/page-state.tsx';
import { Platform } from '../../parts/small.tsx';
import { useWords } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';
import { Drift } from './drift.tsx';
import { Jobs } from './jobs.tsx';

/** The sentence of a finding before there is one: what is quoted is left open. */
export const said = (why: string): string => why.replaceAll('{quote}', '……');
export const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

export function Precision({ decisions }: { decisions: RuleDecisions }) {
  const w = useWords().rules;
  const { precision } = decisions;
  if (!precision) return <span className="meta">{w.noPrecision}</span>;
  return (
    <span>
      <strong className="num">{percent(precision.share)}</strong>{' '}
      <span className="meta">{w.interval(percent(precision.low), percent(precision.high), precision.n)}</span>
    </span>
  );
}

function Alarms() {
  const w = useWords().rules;
  const alarms = useAlarms(null);
  const items = alarms.data?.items.slice(0, 8) ?? [];
  if (items.length === 0) return null;
  return (
    <section className="section">
      <h2>{w.alarms}</h2>
      <ul className="plain-list">
        {items.map((a) => (
          <li key={a.id} className="pad">
            <span className="tag bad">{a.up ? w.up : w.down}</span> <Link href={`/rules/${a.rule}`}>{a.rule}</Link> <Platform id={a.platform} />{' '}
            {w.alarm(a.day, a.hits, a.posts, a.expected.toFixed(1))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function RuleTable() {
  const words = useWords();
  const w = words.rules;
  const [q, setQ] = useState('');
  const [, go] = useLocation();
  const query = useRules(q);
  const rows = query.data?.items ?? [];
  const cursor = useCursor<HTMLTableSectionElement>(rows.length, (i) => rows[i] && go(`/rules/${rows[i].id}`));
  const restore = useSwitch();
  const publishes = useMay('rule.publish');
  return (
    <section className="section">
      <h2>
        {w.title} <span className="meta num">{rows.length}</span>
      </h2>
      <div className="row pad wrap">
        <Input.Search allowClear placeholder={w.search} aria-label={w.search} style={{ maxWidth: 280 }} onChange={(e) => setQ(e.target.value)} />
        <span className="meta mono">{query.data ? w.law(query.data.lawVersion) : ''}</span>
      </div>
      <Answer query={query}>
        {(list) => (
          <>
            {list.off.map(({ id, off }) => (
              <p key={id} className="note warn">
                {id} {w.off} · {off?.byName} · {off?.reason}{' '}
                {publishes ? (
                  <Button size="small" onClick={() => restore.mutate({ id, on: true, reason: w.switchOn })}>
                    {w.switchOn}
                  </Button>
                ) : null}
              </p>
            ))}
            {rows.length === 0 ? (
              <Empty title={w.empty} why={w.emptyWhy} />
            ) : (
              <div>
                <table className="grid">
                  <thead>
                    <tr>
                      <th>{w.columns.id}</th>
                      <th>{w.columns.kind}</th>
                      <th className="wide-only">{w.columns.precision}</th>
                      <th className="num wide-only">{w.columns.decided}</th>
                      <th className="num wide-only">{w.columns.alarms}</th>
                    </tr>
                  </thead>
                  <tbody ref={cursor.list}>
                    {rows.map((r, i) => (
                      <tr key={r.id} data-row className={i === cursor.index ? 'here' : undefined}>
                        <td>
                          <Link href={`/rules/${r.id}`}>{said(r.why)}</Link>
                          <span className="meta block">
                            {r.id}@{r.version}
                          </span>
                        </td>
                        <td className="nowrap">
                          <LevelMark level={r.level} /> {words.labels.kind[r.kind]}
                        </td>
                        <td className="wide-only">
                          <Precision decisions={r.decisions} />
                        </td>
                        <td className="num wide-only">{r.decisions.confirmed + r.decisions.rejected}</td>
                        <td className={`num wide-only${r.alarms > 0 ? ' warn' : ''}`}>{r.alarms}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </>
        )}
      </Answer>
    </section>
  );
}

function Drafts() {
  const w = useWords().rules;
  const query = useRevisions();
  return (
    <section className="section">
      <h2>{w.drafts}</h2>
      <Answer query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="meta pad">{w.draftsEmpty}</p>
          ) : (
            <div className="scroll-x">
              <table className="grid">
                <tbody>
                  {items.map((r) => (
                    <tr key={r.id}>
                      <td className="nowrap">
                        <Link href={`/rules/drafts/${r.id}`}>
                          {r.pack} #{r.number}
                        </Link>
                      </td>
                      <td className="nowrap">
                        <span className={`tag${r.state === 'published' ? ' good' : r.state === 'shadow' ? ' accent' : ''}`}>{w.state[r.state]}</span>
                      </td>
                      <td>{r.note}</td>
                      <td className="meta nowrap">
                        {w.author} {r.authorName}
                        {r.publishedByName ? ` · ${w.publisher} ${r.publishedByName}` : ''} · {moment(r.updatedAt)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Answer>
    </section>
  );
}

/** What an upload holds until the page of the draft takes it up. */
export const uploaded = { text: '' };

export default function RulesPage() {
  const w = useWords().rules;
  const [, go] = useLocation();
  const [drafts, runs] = [useMay('rule.draft'), useMay('run.start')];
  const jobs = useJobs();
  const rescreen = useRescreen();
  return (
    <Needs capability="rule.read">
      <main className="page">
        <div className="page-head">
          <h1>{w.title}</h1>
          <div className="tools">
            {runs ? (
              <Button loading={rescreen.isPending} onClick={() => rescreen.mutate()}>
                {w.rescreen}
              </Button>
            ) : null}
            {drafts ? (
              <Upload
                accept=".yaml,.yml"
                showUploadList={false}
                beforeUpload={async (file) => {
                  uploaded.text = (await file.text()).slice(0, 262_145);
                  go('/rules/new');
                  return false;
                }}
              >
                <Button>{w.upload}</Button>
              </Upload>
            ) : null}
          </div>
        </div>
        <Alarms />
        {jobs.data?.items.length ? (
          <section className="section">
            <h2>{w.jobs}</h2>
            <Jobs jobs={jobs.data.items.slice(0, 5)} />
          </section>
        ) : null}
        <Drafts />
        <RuleTable />
        <Drift />
      </main>
    </Needs>
  );
}
