/** A draft on its way into force: its text, what is wrong with it, what it changes, replay and shadow, and who may do what. */
import { App, Button, Input } from 'antd';
import { useEffect, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { RevisionView } from '../../../core/model/api-rule.ts';
import { useNewDraft, usePack, useReplay, useRevision, useRevisionAct } from '../../api/rules.ts';
import { Answer, failureSentence, Needs, useMay } from '../../parts/page-state.tsx';
import { diffText } from '../../parts/text-diff.ts';
import { useLanguage, useWords } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';
import { Jobs } from './jobs.tsx';
import { uploaded } from './rules-page.tsx';
import { Sample } from './sample.tsx';

function Editor({
  text,
  note,
  onText,
  onNote,
  disabled,
}: {
  text: string;
  note: string;
  onText: (v: string) => void;
  onNote: (v: string) => void;
  disabled: boolean;
}) {
  const w = useWords().rules;
  return (
    <section className="section">
      <h2>{w.text}</h2>
      <div className="pad">
        <Input aria-label={w.note} placeholder={w.note} value={note} disabled={disabled} maxLength={1_000} onChange={(e) => onNote(e.target.value)} />
        <Input.TextArea
          className="mono gap-top"
          aria-label={w.text}
          value={text}
          disabled={disabled}
          spellCheck={false}
          autoSize={{ minRows: 12, maxRows: 28 }}
          onChange={(e) => onText(e.target.value)}
        />
      </div>
    </section>
  );
}

function Report({ view }: { view: RevisionView }) {
  const w = useWords().rules;
  const { report, fault } = view;
  const changed = report?.changes.filter((c) => c.change !== 'same') ?? [];
  return (
    <section className="section">
      <h2>{w.check}</h2>
      {fault ? <p className="note warn">{fault}</p> : null}
      {report ? (
        <p className={report.wrong.length > 0 ? 'note warn' : 'pad'}>
          {report.wrong.length > 0 ? w.wrong(report.wrong.length) : w.valid(report.rules, report.examples)}
        </p>
      ) : null}
      <ul className="rule-lines">
        {report?.wrong.map((x) => (
          <li key={x.rule + x.example} className="warn">
            {x.rule} “{x.example}” {x.expected} → {x.got}
          </li>
        ))}
        {changed.map((c) => (
          <li key={c.rule}>
            <span className="tag">{w.change[c.change]}</span> {c.rule} {c.from ?? '—'} → {c.to ?? '—'}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Difference({ view }: { view: RevisionView }) {
  const w = useWords().rules;
  if (view.inForce === null || view.state === 'published') return null;
  const pieces = diffText(view.inForce, view.text);
  const shown = pieces.filter((p) => p.kind !== 'same');
  return (
    <section className="section">
      <h2>{w.diff}</h2>
      {shown.length === 0 ? (
        <p className="meta pad">{w.same}</p>
      ) : (
        <pre className="rule-diff">
          {pieces.map((p, i) =>
            p.kind === 'same' ? (
              <span key={i}>{p.text.length > 160 ? `${p.text.slice(0, 80)}…${p.text.slice(-80)}` : p.text}</span>
            ) : p.kind === 'added' ? (
              <ins key={i}>{p.text}</ins>
            ) : (
              <del key={i}>{p.text}</del>
            ),
          )}
        </pre>
      )}
    </section>
  );
}

function Shadow({ view }: { view: RevisionView }) {
  const w = useWords().rules;
  const c = w.shadowColumns;
  if (view.state !== 'shadow' && view.shadow.length === 0) return null;
  return (
    <section className="section">
      <h2>{w.shadow}</h2>
      {view.shadow.length === 0 ? (
        <p className="meta pad">{w.shadowEmpty}</p>
      ) : (
        <div className="scroll-x">
          <table className="grid">
            <thead>
              <tr>
                <th>{c.day}</th>
                <th className="num">{c.posts}</th>
                <th className="num">{c.added}</th>
                <th className="num">{c.removed}</th>
                <th className="num">{c.same}</th>
              </tr>
            </thead>
            <tbody>
              {view.shadow.map((n) => (
                <tr key={n.day}>
                  <td>{n.day}</td>
                  <td className="num">{n.posts}</td>
                  <td className="num">{n.added}</td>
                  <td className="num">{n.removed}</td>
                  <td className="num">{n.same}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const ACTIONS = ['shadow', 'back', 'withdraw', 'publish'] as const;

function Body({ view }: { view: RevisionView }) {
  const { words, language } = useLanguage();
  const w = words.rules;
  const { message } = App.useApp();
  const [text, setText] = useState(view.text);
  const [note, setNote] = useState(view.note);
  const [since, setSince] = useState('');
  const act = useRevisionAct(view.id);
  const replay = useReplay(view.id);
  const tell = (failure: unknown) => void message.error(failureSentence(failure, language));
  const editable = view.may['save'] === true;
  const replayed = view.jobs.find((j) => j.kind === 'replay');
  const owner = replayed?.id ?? (view.shadow.length > 0 ? view.id : null);
  const mayReplay = useMay('rule.draft') || view.may['publish'] === true || typeof view.may['publish'] === 'string';
  return (
    <>
      <p className="meta">
        <span className="tag accent">{w.state[view.state]}</span> {w.author} {view.authorName} · {moment(view.createdAt)}
        {view.publishedByName ? ` · ${w.publisher} ${view.publishedByName} ${moment(view.publishedAt)}` : ''}
      </p>
      <div className="row wrap pad">
        {editable ? (
          <Button
            loading={act.isPending}
            onClick={() => act.mutate({ action: 'save', version: view.version, text, note }, { onSuccess: () => void message.success(w.saved), onError: tell })}
          >
            {w.save}
          </Button>
        ) : null}
        {ACTIONS.filter((a) => view.may[a] === true || (a === 'publish' && view.state !== 'published' && view.state !== 'withdrawn')).map((a) => (
          <Button
            key={a}
            type={a === 'publish' ? 'primary' : 'default'}
            disabled={view.may[a] !== true}
            title={view.may[a] === true ? undefined : String(view.may[a])}
            loading={act.isPending}
            onClick={() => act.mutate({ action: a, version: view.version }, { onError: tell })}
          >
            {a === 'publish' && view.state === 'retired' ? w.rollback : w.action[a]}
          </Button>
        ))}
        {mayReplay ? (
          <>
            <Input type="date" aria-label={w.since} style={{ width: 150 }} value={since} onChange={(e) => setSince(e.target.value)} />
            <Button loading={replay.isPending} onClick={() => replay.mutate(since || undefined, { onError: tell })}>
              {w.replay}
            </Button>
          </>
        ) : null}
      </div>
      {typeof view.may['publish'] === 'string' && view.state !== 'published' && view.state !== 'withdrawn' ? (
        <p className="meta pad">{view.may['publish']}</p>
      ) : null}
      <Report view={view} />
      {view.jobs.length > 0 ? (
        <section className="section">
          <h2>{w.jobs}</h2>
          <Jobs jobs={view.jobs} />
        </section>
      ) : null}
      {owner ? <Sample owner={owner} /> : null}
      <Shadow view={view} />
      <Difference view={view} />
      <Editor text={text} note={note} onText={setText} onNote={setNote} disabled={!editable} />
    </>
  );
}

/** A new draft: of the pack in force, or of what was uploaded. */
export function NewDraftPage() {
  const { words, language } = useLanguage();
  const w = words.rules;
  const { message } = App.useApp();
  const [, go] = useLocation();
  const pack = new URLSearchParams(useSearch()).get('pack');
  const inForce = usePack(pack);
  const [text, setText] = useState(pack === null ? uploaded.text : '');
  const [note, setNote] = useState('');
  const add = useNewDraft();
  useEffect(() => {
    if (inForce.data) setText(inForce.data.text);
  }, [inForce.data]);
  return (
    <Needs capability="rule.draft">
      <main className="page">
        <div className="page-head">
          <h1>{w.newDraft}</h1>
          <div className="tools">
            <Button
              type="primary"
              disabled={text.trim() === ''}
              loading={add.isPending}
              onClick={() =>
                add.mutate(
                  { text, note },
                  { onSuccess: (made) => go(`/rules/drafts/${made.id}`), onError: (failure) => void message.error(failureSentence(failure, language), 8) },
                )
              }
            >
              {w.save}
            </Button>
          </div>
        </div>
        <Editor text={text} note={note} onText={setText} onNote={setNote} disabled={false} />
      </main>
    </Needs>
  );
}

export default function RevisionPage({ id }: { id: string }) {
  const query = useRevision(id);
  return (
    <Needs capability="rule.read">
      <main className="page">
        <div className="page-head">
          <h1>{query.data ? `${query.data.pack} #${query.data.number}` : ''}</h1>
        </div>
        <Answer query={query}>{(view) => <Body key={`${view.id}/${view.sha256}`} view={view} />}</Answer>
      </main>
    </Needs>
  );
}
