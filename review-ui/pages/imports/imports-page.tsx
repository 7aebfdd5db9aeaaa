/** Files of posts that were handed in: one is uploaded or dropped here, all are shown with how far they are, and can be stopped or let go on. */
import { App as AntApp, Button, Input, Progress } from 'antd';
import { type DragEvent, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { ImportView } from '../../../core/model/intake.ts';
import { useImportAct, useImports, useRejects, useUpload } from '../../api/imports.ts';
import { useCursor } from '../../keys/use-cursor.ts';
import { Answer, Empty, Failed, failureSentence, Needs } from '../../parts/page-state.tsx';
import { Platform } from '../../parts/small.tsx';
import { useLanguage, useWords } from '../../text/language.tsx';
import { bytes, count, moment } from '../../text/when.ts';

const PLATFORM = /^[\w-]{1,60}$/;
const KINDS = '.jsonl,.ndjson,.json,.csv,.tsv,.txt,.xlsx,.html,.htm,.zip';

/** The lines that could not be read, each with its place and what is wrong with it. */
function Rejects({ row }: { row: ImportView }) {
  const words = useWords().imports;
  const query = useRejects(row.id, true);
  if (query.error) return <Failed failure={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <p className="meta">…</p>;
  const { items, more } = query.data;
  return (
    <div className="scroll-x import-rejects">
      {items.length > 0 ? (
        <table className="grid">
          <thead>
            <tr>
              <th className="num">{words.line}</th>
              <th>{words.wrong}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={`${item.part}:${item.line}`}>
                <td className="num nowrap">
                  {item.part ? <span className="meta">{item.part} </span> : null}
                  {count(item.line)}
                </td>
                <td>{item.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {more > 0 ? <p className="meta pad-y">{words.moreRejects(more)}</p> : null}
    </div>
  );
}

function Row({
  row,
  lit,
  open,
  onOpen,
  onFailure,
}: {
  row: ImportView;
  lit: boolean;
  open: boolean;
  onOpen: () => void;
  onFailure: (failure: unknown) => void;
}) {
  const words = useWords().imports;
  const act = useImportAct(onFailure);
  const next = row.state === 'running' ? 'stop' : row.state !== 'done' && row.origin !== 'command' ? 'resume' : null;
  return (
    <li data-row={row.id} className={`item import-grid${lit ? ' cursor' : ''}`}>
      <span className="case-who">
        <b className="wrap">{row.name}</b>
        <span className="meta wrap">
          {row.platform === 'import' ? words.ownPlatform : <Platform id={row.platform} />} · {bytes(row.size)} ·{' '}
          <span className="mono" title={row.sha256}>
            SHA-256 {row.sha256.slice(0, 12)}
          </span>
        </span>
      </span>
      <span className="case-who import-state">
        <span>
          <span className={`tag${row.state === 'running' ? ' accent' : row.state === 'failed' ? ' bad' : row.state === 'done' ? ' good' : ''}`}>
            {words.states[row.state]}
          </span>
        </span>
        <span className="meta">{row.rate === null ? '' : words.perSecond(row.rate)}</span>
      </span>
      <span className="num import-posts">
        {row.posts > 0 ? <Link href={`/accounts?platform=${encodeURIComponent(row.platform)}`}>{count(row.posts)}</Link> : '0'}
        <span className="meta narrow-only"> {words.columns.posts}</span>
      </span>
      <span className="num import-fresh">
        {count(row.fresh)}
        <span className="meta narrow-only"> {words.columns.fresh}</span>
      </span>
      <span className="num import-rejected">
        {row.rejected > 0 ? (
          <button type="button" className="plain link warn" aria-expanded={open} onClick={onOpen}>
            {count(row.rejected)}
          </button>
        ) : (
          '0'
        )}
        <span className="meta narrow-only"> {words.columns.rejected}</span>
      </span>
      <span className="meta case-who import-by">
        <span className="nowrap">{moment(row.startedAt)}</span>
        <span className="clip">
          {row.by} · {words.origins[row.origin]}
        </span>
      </span>
      <span className="import-verb">
        {next ? (
          <Button size="small" loading={act.isPending} onClick={() => act.mutate({ id: row.id, act: next })}>
            {words.acts[next]}
          </Button>
        ) : null}
      </span>
      {row.reason ? <p className={`import-wide wrap note${row.state === 'failed' ? ' bad' : ''}`}>{row.reason}</p> : null}
      {open ? (
        <div className="import-wide">
          <Rejects row={row} />
        </div>
      ) : null}
    </li>
  );
}

function Upload({ onFailure }: { onFailure: (failure: unknown) => void }) {
  const words = useWords().imports;
  const [platform, setPlatform] = useState('');
  const [part, setPart] = useState<number | null>(null);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const send = useUpload(onFailure, setPart);
  const wrong = platform !== '' && !PLATFORM.test(platform);
  const choose = (file: File | undefined): void => {
    if (file && !wrong && !send.isPending) send.mutate({ file, platform: platform || 'import' }, { onSettled: () => setPart(null) });
    if (input.current) input.current.value = '';
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    choose(event.dataTransfer.files[0]);
  };
  return (
    <search
      className={`import-drop${over ? ' over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Input
        style={{ maxWidth: 260 }}
        value={platform}
        status={wrong ? 'error' : ''}
        onChange={(event) => setPlatform(event.target.value.trim())}
        placeholder={words.platform}
        aria-label={words.platform}
        aria-invalid={wrong}
      />
      <input ref={input} type="file" hidden accept={KINDS} onChange={(event) => choose(event.target.files?.[0])} />
      <Button type="primary" disabled={wrong} loading={send.isPending} onClick={() => input.current?.click()}>
        {words.upload}
      </Button>
      <span className="meta">{wrong ? <span className="alert">{words.platformWrong}</span> : words.drop}</span>
      {part === null ? null : <Progress style={{ maxWidth: 240 }} percent={Math.round(part * 100)} size="small" aria-label={words.uploading} />}
    </search>
  );
}

function Rows({ items, onFailure }: { items: readonly ImportView[]; onFailure: (failure: unknown) => void }) {
  const { columns: c } = useWords().imports;
  const [open, setOpen] = useState<string | null>(null);
  const toggle = (row: ImportView | undefined) => {
    if (row && row.rejected > 0) setOpen((now) => (now === row.id ? null : row.id));
  };
  const cursor = useCursor<HTMLUListElement>(items.length, (i) => toggle(items[i]));
  return (
    <>
      <div className="head import-grid wide-only" aria-hidden="true">
        <span>{c.file}</span>
        <span>{c.state}</span>
        <span className="num">{c.posts}</span>
        <span className="num">{c.fresh}</span>
        <span className="num">{c.rejected}</span>
        <span>{c.started}</span>
        <span />
      </div>
      <ul className="list bare-top" ref={cursor.list}>
        {items.map((row, i) => (
          <Row key={row.id} row={row} lit={i === cursor.index} open={open === row.id} onOpen={() => toggle(row)} onFailure={onFailure} />
        ))}
      </ul>
    </>
  );
}

function Imports() {
  const words = useWords().imports;
  const query = useImports();
  const { message } = AntApp.useApp();
  const { language } = useLanguage();
  const onFailure = (failure: unknown): void => void message.error(failureSentence(failure, language));
  return (
    <main className="page">
      <div className="page-head">
        <h1>{words.title}</h1>
      </div>
      <p className="meta">{words.intro}</p>
      <Upload onFailure={onFailure} />
      <Answer query={query}>
        {(page) => (
          <>
            {page.accountsWaiting > 0 ? (
              <p className="meta pad-y" role="status">
                {words.waiting(page.accountsWaiting)}
              </p>
            ) : null}
            {page.items.length === 0 ? <Empty title={words.empty} why={words.emptyWhy} /> : <Rows items={page.items} onFailure={onFailure} />}
          </>
        )}
      </Answer>
    </main>
  );
}

export default function ImportsPage() {
  return (
    <Needs capability="post.import">
      <Imports />
    </Needs>
  );
}
