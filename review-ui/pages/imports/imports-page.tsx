/** Files of posts that were handed in: one is uploaded here, all are shown with how far they are, and can be stopped or let go on. */
import { App as AntApp, Button, Input, Progress } from 'antd';
import { useRef, useState } from 'react';
import type { ImportView } from '../../../core/model/intake.ts';
import { useImportAct, useImports, useUpload } from '../../api/imports.ts';
import { Answer, Empty, failureSentence } from '../../parts/page-state.tsx';
import { useLanguage, useWords } from '../../text/language.tsx';
import { bytes, count, moment } from '../../text/when.ts';

const PLATFORM = /^[\w-]{1,60}$/;

function Row({ row, onFailure }: { row: ImportView; onFailure: (failure: unknown) => void }) {
  const words = useWords().imports;
  const act = useImportAct(onFailure);
  const next = row.state === 'running' ? 'stop' : row.state !== 'done' && row.origin !== 'command' ? 'resume' : null;
  const facts: [string, string | null][] = [
    [words.columns.posts, count(row.posts)],
    [words.columns.fresh, count(row.fresh)],
    [words.columns.rejected, count(row.rejected)],
    [words.columns.rate, row.rate === null ? null : words.perSecond(row.rate)],
    [words.columns.by, `${row.by} · ${words.origins[row.origin]}`],
    [words.columns.started, moment(row.startedAt)],
    [words.columns.size, bytes(row.size)],
    ['SHA-256', row.sha256.slice(0, 16)],
  ];
  return (
    <li className="licence-list">
      <div className="row">
        <b className="wrap">{row.name}</b>
        <span className={`tag${row.state === 'running' ? ' accent' : row.state === 'failed' ? ' bad' : ''}`}>{words.states[row.state]}</span>
        <span className="meta">{row.platform}</span>
        {next ? (
          <Button size="small" loading={act.isPending} onClick={() => act.mutate({ id: row.id, act: next })}>
            {words.acts[next]}
          </Button>
        ) : null}
      </div>
      <dl className="inline-facts">
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="wrap">{value}</dd>
            </div>
          ),
        )}
      </dl>
      {row.reason ? <p className="meta wrap">{row.reason}</p> : null}
    </li>
  );
}

function Upload({ onFailure }: { onFailure: (failure: unknown) => void }) {
  const words = useWords().imports;
  const [platform, setPlatform] = useState('');
  const [part, setPart] = useState<number | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const send = useUpload(onFailure, setPart);
  const wrong = platform !== '' && !PLATFORM.test(platform);
  const choose = (file: File | undefined): void => {
    if (file) send.mutate({ file, platform: platform || 'import' }, { onSettled: () => setPart(null) });
    if (input.current) input.current.value = '';
  };
  return (
    <div className="row">
      <Input
        style={{ maxWidth: 220 }}
        value={platform}
        status={wrong ? 'error' : ''}
        onChange={(event) => setPlatform(event.target.value.trim())}
        placeholder={words.platform}
        aria-label={words.platform}
      />
      <input
        ref={input}
        type="file"
        hidden
        accept=".jsonl,.ndjson,.json,.csv,.tsv,.txt,.xlsx,.html,.htm,.zip"
        onChange={(event) => choose(event.target.files?.[0])}
      />
      <Button type="primary" disabled={wrong} loading={send.isPending} onClick={() => input.current?.click()}>
        {words.upload}
      </Button>
      {part === null ? null : <Progress style={{ maxWidth: 240 }} percent={Math.round(part * 100)} size="small" />}
    </div>
  );
}

export default function ImportsPage() {
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
            {page.accountsWaiting > 0 ? <p className="meta">{words.waiting(page.accountsWaiting)}</p> : null}
            {page.items.length === 0 ? (
              <Empty title={words.empty} why={words.emptyWhy} />
            ) : (
              <ul className="list bare" style={{ marginTop: 16 }}>
                {page.items.map((row) => (
                  <Row key={row.id} row={row} onFailure={onFailure} />
                ))}
              </ul>
            )}
          </>
        )}
      </Answer>
    </main>
  );
}
