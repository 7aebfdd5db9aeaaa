/** One rule as a lawyer and a statistician read it: what it looks for, its law, exceptions, examples, nights, decisions, false alarms. */
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { RuleExplained, RuleView } from '../../../core/model/api-rule.ts';
import { CONDITION_ZH, SANCTION_ZH } from '../../../core/model/rule.ts';
import { useFalseAlarms, useRule, useSwitch } from '../../api/rules.ts';
import { LevelMark } from '../../parts/level-mark.tsx';
import { Answer, Needs, useMay } from '../../parts/page-state.tsx';
import { Platform } from '../../parts/small.tsx';
import { useWords } from '../../text/language.tsx';
import { count, moment } from '../../text/when.ts';
import { Precision, percent, said } from './rules-page.tsx';

function Lines({ title, rows }: { title: string; rows: readonly string[] }) {
  if (rows.length === 0) return null;
  return (
    <section className="section">
      <h2>{title}</h2>
      <ul className="rule-lines">
        {rows.map((row) => (
          <li key={row}>{row}</li>
        ))}
      </ul>
    </section>
  );
}

type Step = RuleExplained['articles'][number]['sanctions'][number]['steps'][number];
function StepWords({ step }: { step: Step }) {
  const w = useWords().rules;
  const unit = step.fine ? { case: w.fine.case, person: w.fine.person, 'person-month': w.fine.personMonth, times: w.fine.times }[step.fine.per] : '';
  const range = step.fine
    ? `${step.fine.min === null ? '≤ ' : `${count(step.fine.min)}–`}${step.fine.max === null ? '' : count(step.fine.max)} ${unit ?? ''}`
    : '';
  return (
    <li>
      {step.when.length > 0 ? <span className="tag">{step.when.map((c) => CONDITION_ZH[c] ?? c).join('、')}</span> : null} {step.may ? w.may : ''}
      {SANCTION_ZH[step.do] ?? step.do} {range}
    </li>
  );
}

function LawOf({ articles }: { articles: RuleExplained['articles'] }) {
  const words = useWords();
  const w = words.rules;
  return (
    <section className="section">
      <h2>{w.lawOf}</h2>
      {articles.map((a) => (
        <div key={a.id} className="pad rule-article">
          <div>
            <strong>
              {a.instrument} {a.article}
            </strong>{' '}
            <span className={`tag${a.verified ? ' good' : ''}`}>{a.verified ? w.verified : w.unverified}</span>{' '}
            <span className="meta">
              {a.version} · {w.inForce(a.inForceFrom, a.inForceTo)} · {a.source}
            </span>
          </div>
          {a.subjects.length > 0 ? (
            <p className="meta">
              {w.onlyFor} {a.subjects.map((s) => words.labels.subjectType[s as keyof typeof words.labels.subjectType] ?? s).join('、')}
            </p>
          ) : null}
          <p className="rule-text">{a.text ?? w.noText}</p>
          {a.note ? <p className="meta">{a.note}</p> : null}
          {a.sanctions.map((s) => (
            <div key={s.article} className="meta">
              {w.sanctions} {s.instrument} {s.article}
              <ul>
                {s.steps.map((step) => (
                  <StepWords key={JSON.stringify(step)} step={step} />
                ))}
              </ul>
            </div>
          ))}
        </div>
      ))}
    </section>
  );
}

function Nights({ nights }: { nights: RuleView['nights'] }) {
  const w = useWords().rules;
  const c = w.nightColumns;
  return (
    <section className="section">
      <h2>{w.nights}</h2>
      {nights.length === 0 ? (
        <p className="meta pad">{w.nightsEmpty}</p>
      ) : (
        <div className="scroll-x">
          <table className="grid">
            <thead>
              <tr>
                <th>{c.day}</th>
                <th>{c.platform}</th>
                <th className="num">{c.hits}</th>
                <th className="num">{c.posts}</th>
                <th className="num">{c.rate}</th>
              </tr>
            </thead>
            <tbody>
              {nights.slice(0, 60).map((n) => (
                <tr key={`${n.day}${n.platform}`}>
                  <td className="nowrap">{n.day}</td>
                  <td>
                    <Platform id={n.platform} />
                  </td>
                  <td className="num">{count(n.hits)}</td>
                  <td className="num">{count(n.posts)}</td>
                  <td className="num">{n.posts > 0 ? percent(n.hits / n.posts) : '—'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function FalseAlarms({ id }: { id: string }) {
  const words = useWords();
  const w = words.rules;
  const query = useFalseAlarms(id);
  return (
    <section className="section">
      <h2>{w.falseAlarms}</h2>
      <Answer query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="meta pad">{w.falseEmpty}</p>
          ) : (
            <ul className="rule-lines">
              {items.map((f) => (
                <li key={f.id}>
                  “{f.quote ?? ''}” <span className="tag">{f.reason ? words.labels.rejectReason[f.reason] : ''}</span>{' '}
                  <Link href={f.caseId ? `/cases/${f.caseId}` : `/accounts/${f.accountId}`}>{f.accountName}</Link> <span className="meta">{f.by}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </section>
  );
}

function Off({ id }: { id: string }) {
  const words = useWords();
  const w = words.rules;
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [, go] = useLocation();
  const act = useSwitch();
  return (
    <>
      <Button onClick={() => setOpen(true)}>{w.switchOff}</Button>
      <Modal
        open={open}
        title={w.switchTitle}
        okText={w.switchOff}
        cancelText={words.common.cancel}
        okButtonProps={{ disabled: reason.trim().length < 2, loading: act.isPending }}
        onCancel={() => setOpen(false)}
        onOk={() => act.mutate({ id, on: false, reason }, { onSuccess: () => go('/rules') })}
      >
        <p>{w.switchHint}</p>
        <Input.TextArea aria-label={w.reason} placeholder={w.reason} value={reason} onChange={(e) => setReason(e.target.value)} maxLength={500} />
      </Modal>
    </>
  );
}

function Body({ view }: { view: RuleView }) {
  const words = useWords();
  const w = words.rules;
  const { rule, decisions } = view;
  return (
    <>
      <p className="sentence-big">{said(rule.why)}</p>
      <p className="meta">
        <LevelMark level={rule.level} /> {words.labels.kind[rule.kind]} · {rule.pack} · {rule.id}@{rule.version}
      </p>
      {view.alarms.map((a) => (
        <p key={a.id} className="note warn">
          {a.up ? w.up : w.down} <Platform id={a.platform} /> {w.alarm(a.day, a.hits, a.posts, a.expected.toFixed(1))}
        </p>
      ))}
      <LawOf articles={rule.articles} />
      <Lines title={w.exceptions} rows={rule.exceptions.map((e) => `${e.ground} · ${e.when}`)} />
      <Lines title={`${w.examples} · ${w.hits}`} rows={rule.examples.hits} />
      <Lines title={`${w.examples} · ${w.silent}`} rows={rule.examples.silent} />
      <Lines title={`${w.examples} · ${w.lawful}`} rows={rule.examples.lawful} />
      <section className="section">
        <h2>{w.precision}</h2>
        <p className="pad">
          <Precision decisions={decisions} /> · {w.confirmed} {decisions.confirmed} · {w.rejected} {decisions.rejected}
          {decisions.duplicates > 0 ? ` · ${w.duplicates(decisions.duplicates)}` : ''}
        </p>
        <p className="pad meta">
          {w.score(view.score.stated.toFixed(2), view.score.expected.toFixed(2), view.score.weight)}
          {view.score.differs ? ` ${w.scoreDiffers}` : ''}
        </p>
        {view.byVersion.map((v) => (
          <p key={v.by} className="pad meta">
            {v.by} <Precision decisions={v.decisions} />
          </p>
        ))}
      </section>
      <Nights nights={view.nights} />
      <FalseAlarms id={rule.id} />
      <details className="section">
        <summary>{w.wordings}</summary>
        <Lines title={w.looksFor} rows={rule.looksFor} />
        <Lines title={w.unless} rows={rule.unless} />
        <Lines title={w.requires} rows={rule.requires} />
      </details>
      <Lines
        title={w.events}
        rows={view.events.map((e) => `${moment(e.at)} ${e.actorName} ${w.action[e.action as keyof typeof w.action] ?? e.action} ${e.pack ?? e.rule ?? ''}`)}
      />
    </>
  );
}

export default function RulePage({ id }: { id: string }) {
  const w = useWords().rules;
  const query = useRule(id);
  const [, go] = useLocation();
  const [drafts, publishes] = [useMay('rule.draft'), useMay('rule.publish')];
  return (
    <Needs capability="rule.read">
      <main className="page">
        <div className="page-head">
          <h1 className="wrap">{id}</h1>
          <div className="tools">
            {drafts && query.data ? <Button onClick={() => go(`/rules/new?pack=${query.data?.rule.pack}`)}>{w.edit}</Button> : null}
            {publishes ? <Off id={id} /> : null}
          </div>
        </div>
        <Answer query={query}>{(view) => <Body view={view} />}</Answer>
      </main>
    </Needs>
  );
}
