/**
 * A board without an adapter, described in YAML: the text on one side, on the other what each of its selectors takes
 * from a page, misses first, before anything is visited by night. Faults name their line, and lead to it.
 */
import { App, Button, Input, Skeleton } from 'antd';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { type KeyboardEvent, type RefObject, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { BoardPreview } from '../../../core/model/api-source.ts';
import { ApiFailure } from '../../api/client.ts';
import { useBoardTrial, useSaveBoard, useSource } from '../../api/sources.ts';
import { isSubmitKey } from '../../keys/use-keys.ts';
import { Answer, failureSentence, Needs } from '../../parts/page-state.tsx';
import { useDraft } from '../../parts/use-draft.ts';
import { useLanguage, useWords } from '../../text/language.tsx';

const EXAMPLE = `id: my-board
name: { zh: 某某人才网 }
start: https://rc.example.cn/jobs
delayMs: 3000

list:
  item: ul.jobs > li
  link: a.title
  next: a[rel=next]
  fields:
    title: a.title
    salary: .pay

post:
  fields:
    title: h1
    company: .company a
    text: .description
`;
const MAX_PAGE = 4_000_000;

/** Faults as lines of their own, each with the number of its line where one is named. */
function faultsOf(failure: unknown, language: 'zh' | 'en'): { readonly line: number | null; readonly said: string }[] {
  if (!(failure instanceof ApiFailure) || failure.code !== 'INPUT_INVALID') return [{ line: null, said: failureSentence(failure, language) }];
  const { field, reason } = failure.details;
  if (typeof field !== 'string' || typeof reason !== 'string') return [{ line: null, said: failure.message }];
  const whole = /:(\d+)$/.exec(field);
  return reason.split('；').map((part) => {
    const found = /^第 (\d+) 行 /.exec(part);
    const line = found?.[1] ?? whole?.[1];
    return { line: line ? Number(line) : null, said: found ? part.slice(found[0].length) : part };
  });
}

function Faults({ failure, onLine }: { failure: unknown; onLine: (line: number) => void }) {
  const { language, words } = useLanguage();
  const w = words.sources.board;
  return (
    <div className="note bad" role="alert">
      <b>{w.faults}</b>
      <ul className="bare">
        {faultsOf(failure, language).map(({ line, said }) => (
          <li key={said}>
            {line === null ? null : (
              <button type="button" className="plain link nowrap" onClick={() => onLine(line)}>
                {w.line(line)}
              </button>
            )}{' '}
            {said}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Yields({ preview }: { preview: BoardPreview }) {
  const w = useWords().sources.board;
  const isList = preview.selectors.some((row) => row.field === 'list.item' && row.found > 0);
  // What belongs to the other kind of page, or is there only sometimes, is no miss.
  const apart = (field: string): boolean => /^states\.|^list\.empty$/.test(field) || field.startsWith(isList ? 'post.' : 'list.');
  const rank = (row: BoardPreview['selectors'][number]): number => (row.found > 0 ? 1 : apart(row.field) ? 2 : 0);
  const rows = [...preview.selectors].sort((a, b) => rank(a) - rank(b));
  const missed = rows.filter((row) => rank(row) === 0).length;
  const hit = rows.filter((row) => row.found > 0).length;
  return (
    <>
      <p className={missed ? 'note warn' : 'note'} role="status">
        {w.sum(hit, missed)} · {w.page(preview.page.postCount, preview.page.linkCount)}
        {preview.page.status === 'ok' ? '' : ` · ${preview.page.status}${preview.page.reason ? `: ${preview.page.reason}` : ''}`}
      </p>
      <div className="scroll-x">
        <table className="grid board-yields">
          <thead>
            <tr>
              <th>{w.columns.field}</th>
              <th className="num">{w.columns.found}</th>
              <th>{w.columns.values}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.field} className={rank(row) === 0 ? 'missed' : undefined}>
                <td>
                  {row.field}
                  <span className="meta mono block">{row.selector}</span>
                </td>
                <td className="num nowrap">{row.of === null ? row.found : `${row.found} / ${row.of}`}</td>
                <td>
                  {rank(row) === 0 ? <span className="warn">{w.missed}</span> : null}
                  {rank(row) === 2 ? (
                    <span className="meta">{isList && row.field.startsWith('post.') ? w.ofPost : row.field.startsWith('list.') ? w.ofList : w.notHere}</span>
                  ) : null}
                  {row.values.map((value, i) => (
                    <span key={i} className="block board-value">
                      {value}
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Preview({ preview }: { preview: BoardPreview }) {
  const w = useWords().sources.board;
  return (
    <>
      <Yields preview={preview} />
      {preview.page.posts.length > 0 ? (
        <section className="section">
          <h2>{w.posts}</h2>
          <ul className="list bare">
            {preview.page.posts.map((post, i) => (
              <li key={i} className="pad-y">
                <b>{post.title || '—'}</b>{' '}
                <span className="meta">{[post.company, post.salary, post.location, post.publishedAt].filter(Boolean).join(' · ')}</span>
                {post.text ? <p className="wrap">{post.text}</p> : null}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {preview.page.links.length > 0 ? (
        <section className="section">
          <h2>{w.links}</h2>
          <ul className="bare pad-y">
            {preview.page.links.map((link) => (
              <li key={link} className="meta mono wrap">
                {link}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}

/** The page it is tried on: an address of the board, or one that was saved and is read here. */
function PageToTry({
  page,
  onPage,
  url,
  onUrl,
  keys,
}: {
  page: string;
  onPage: (html: string) => void;
  url: string;
  onUrl: (url: string) => void;
  keys: (event: KeyboardEvent) => void;
}) {
  const w = useWords().sources.board;
  const { message } = App.useApp();
  const file = useRef<HTMLInputElement>(null);
  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    if (chosen.size > MAX_PAGE) void message.error(w.tooLarge);
    else onPage(await chosen.text());
    if (file.current) file.current.value = '';
  };
  return (
    <div className="stack">
      <label className="meta" htmlFor="board-url">
        {w.address}
      </label>
      <Input id="board-url" inputMode="url" value={url} placeholder={w.addressHint} onChange={(event) => onUrl(event.target.value)} onKeyDown={keys} />
      <div className="row">
        <label className="meta grow" htmlFor="board-page">
          {w.html}
        </label>
        <input ref={file} type="file" hidden accept=".html,.htm,.txt" onChange={(event) => void read(event.target.files?.[0])} />
        <Button size="small" onClick={() => file.current?.click()}>
          {w.file}
        </Button>
        {page ? (
          <Button size="small" onClick={() => onPage('')}>
            {w.clear}
          </Button>
        ) : null}
      </div>
      <Input.TextArea
        id="board-page"
        className="mono"
        value={page}
        maxLength={MAX_PAGE}
        autoSize={{ minRows: 2, maxRows: 6 }}
        placeholder={w.htmlHint}
        onChange={(event) => onPage(event.target.value)}
        onKeyDown={keys}
      />
    </div>
  );
}

/** Puts the cursor on a line of a text and brings it into sight. */
function toLine(area: RefObject<TextAreaRef | null>, line: number): void {
  const field = area.current?.resizableTextArea?.textArea;
  if (!field) return;
  const lines = field.value.split('\n');
  const from = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  field.focus();
  field.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
  field.scrollTop = Math.max(0, (line - 4) * 20);
}

function Editor({ written, sourceId }: { written: string; sourceId: string | null }) {
  const { words, language } = useLanguage();
  const w = words.sources.board;
  const { message } = App.useApp();
  const [, go] = useLocation();
  const [draft, setDraft, drop] = useDraft<{ yaml: string }>(`board:${sourceId ?? 'new'}`);
  const yaml = draft.yaml ?? written;
  const [page, setPage] = useState('');
  const [url, setUrl] = useState('');
  const area = useRef<TextAreaRef>(null);
  const trial = useBoardTrial();
  const save = useSaveBoard();
  const attempt = () => {
    save.reset();
    if (yaml.trim() && !trial.isPending) trial.mutate({ yaml, ...(page ? { html: page } : {}), ...(url.trim() ? { url: url.trim() } : {}) });
  };
  const keep = () =>
    save.mutate(yaml, {
      onSuccess: (row) => {
        drop();
        void message.success(sourceId === null ? words.sources.form.added : w.saved);
        go(`/sources/${row.id}`);
      },
      onError: (failure) => void message.error(failureSentence(failure, language)),
    });
  const keys = (event: KeyboardEvent) => {
    if (isSubmitKey(event)) attempt();
  };
  const failure = save.error ?? trial.error;
  return (
    <div className="board-desk">
      <div className="stack">
        <label className="meta" htmlFor="board-yaml">
          {w.yaml}
        </label>
        <Input.TextArea
          id="board-yaml"
          ref={area}
          className="mono board-yaml"
          value={yaml}
          maxLength={64_000}
          spellCheck={false}
          autoFocus
          autoSize={{ minRows: 16, maxRows: 30 }}
          onChange={(event) => setDraft({ yaml: event.target.value })}
          onKeyDown={keys}
        />
        <PageToTry page={page} onPage={setPage} url={url} onUrl={setUrl} keys={keys} />
        <div className="row">
          <Button type={trial.data ? 'default' : 'primary'} loading={trial.isPending} disabled={!yaml.trim()} onClick={attempt}>
            {w.tryIt} <kbd>Ctrl Enter</kbd>
          </Button>
          <Button
            type={trial.data ? 'primary' : 'default'}
            loading={save.isPending}
            disabled={!trial.data}
            title={trial.data ? undefined : w.tryFirst}
            onClick={keep}
          >
            {w.save}
          </Button>
        </div>
      </div>
      <div className="board-result" aria-live="polite">
        {failure ? <Faults failure={failure} onLine={(line) => toLine(area, line)} /> : null}
        {trial.isPending ? (
          <Skeleton active paragraph={{ rows: 6 }} />
        ) : trial.data && !trial.error ? (
          <Preview preview={trial.data} />
        ) : failure ? null : (
          <p className="meta">{w.before}</p>
        )}
      </div>
    </div>
  );
}

function Known({ id }: { id: string }) {
  const query = useSource(id);
  return <Answer query={query}>{(detail) => <Editor written={detail.board ?? EXAMPLE} sourceId={id} />}</Answer>;
}

export default function BoardPage({ sourceId }: { sourceId: string | null }) {
  const words = useWords();
  const w = words.sources.board;
  return (
    <Needs capability="source.manage">
      <main className="page">
        <div className="page-head">
          <h1>{w.title}</h1>
          <div className="tools">
            <Link href={sourceId === null ? '/sources' : `/sources/${sourceId}`}>{words.sources.one.back}</Link>
          </div>
        </div>
        <p className="meta">{w.intro}</p>
        {sourceId === null ? <Editor written={EXAMPLE} sourceId={null} /> : <Known id={sourceId} />}
      </main>
    </Needs>
  );
}
