/** Accounts that pages speak of: where and how often they were seen, and accept or refuse by one key. */
import { App, Button, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import type { CandidateRow } from '../../../core/model/api-source.ts';
import { CANDIDATE_STATES } from '../../../core/model/discovery.ts';
import { ApiFailure } from '../../api/client.ts';
import { rowsOf } from '../../api/queries.ts';
import { useCandidates, useDecide, useSeed } from '../../api/sources.ts';
import { useCursor } from '../../keys/use-cursor.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { FilterPick, useFilters } from '../../parts/filters.tsx';
import { Answer, Empty, failureSentence, ListEnd, useMay } from '../../parts/page-state.tsx';
import { ReasonDialog } from '../../parts/reason-dialog.tsx';
import { Platform } from '../../parts/small.tsx';
import { usePlatforms } from '../../parts/use-platforms.ts';
import { useLanguage, useWords } from '../../text/language.tsx';
import { moment } from '../../text/when.ts';
import { SourceForm } from './source-form.tsx';

function Grounds({ row }: { row: CandidateRow }) {
  const words = useWords();
  const w = words.sources.candidates;
  return (
    <span className="candidate-grounds">
      {row.grounds.map((g) => (
        <span key={`${g.kind} ${g.speaker} ${g.at}`} className="clip" title={g.quote}>
          <span className="meta">{w.ground[g.kind]}</span>{' '}
          {g.accountId ? <Link href={`/accounts/${g.accountId}`}>{g.speaker || words.common.unknown}</Link> : g.speaker}
          {g.times > 1 ? <span className="meta"> {w.times(g.times)}</span> : null} <span className="meta">“{g.quote}”</span>
        </span>
      ))}
    </span>
  );
}

function Verbs({ row, may, onAccept, onRefuse }: { row: CandidateRow; may: boolean; onAccept: () => void; onRefuse: () => void }) {
  const w = useWords().sources.candidates;
  if (row.state !== 'proposed')
    return (
      <span className="meta candidate-verbs">
        {w.state[row.state]}
        <br />
        {row.decidedBy ? w.decided(row.decidedBy, moment(row.decidedAt)) : null}
      </span>
    );
  return (
    <span className="candidate-verbs">
      <Button size="small" disabled={!may} onClick={onAccept}>
        {w.accept} <kbd>a</kbd>
      </Button>
      <Button size="small" disabled={!may} onClick={onRefuse}>
        {w.refuse} <kbd>r</kbd>
      </Button>
    </span>
  );
}

function Candidate({ row, lit, may, onAccept, onRefuse }: { row: CandidateRow; lit: boolean; may: boolean; onAccept: () => void; onRefuse: () => void }) {
  const w = useWords().sources.candidates;
  return (
    <div data-row={row.id} className={`item candidate-grid${lit ? ' cursor' : ''}`}>
      <span className="case-who">
        <span className="clip" title={row.name ?? row.url ?? undefined}>
          {row.name ?? row.url}
        </span>
        <span className="meta clip">
          <Platform id={row.platform} /> · {row.url ? (row.name ? row.url : w.last(moment(row.lastSeenAt))) : w.noAddress}
        </span>
        {row.again && row.state === 'proposed' ? (
          <span className="warn clip" title={row.reason ?? undefined}>
            {w.again}
            {row.reason ? ` · ${w.before(row.reason)}` : ''}
          </span>
        ) : row.reason ? (
          <span className="meta clip">{row.reason}</span>
        ) : null}
      </span>
      <Grounds row={row} />
      <span className="nowrap candidate-seen">{w.seen(row.seen)}</span>
      <Verbs row={row} may={may} onAccept={onAccept} onRefuse={onRefuse} />
    </div>
  );
}

export function SeedDialog({ onClose }: { onClose: () => void }) {
  const { words, language } = useLanguage();
  const { message } = App.useApp();
  const w = words.sources.candidates;
  const seed = useSeed();
  const [text, setText] = useState('');
  const send = () =>
    seed.mutate(text, {
      onSuccess: ({ proposed, unread }) => {
        void message.success(w.seeded(proposed));
        if (unread.length > 0) void message.warning(w.unread(unread.slice(0, 20).join(words.common.listSep)));
        onClose();
      },
      onError: (failure) => void message.error(failureSentence(failure, language)),
    });
  return (
    <Modal
      open
      title={w.seedTitle}
      okText={w.seedSave}
      okButtonProps={{ disabled: text.trim() === '', loading: seed.isPending }}
      cancelText={words.common.cancel}
      onOk={send}
      onCancel={onClose}
      width={520}
    >
      <div className="stack">
        <p className="meta">{w.seedHint}</p>
        <Input.TextArea
          aria-label={w.seedTitle}
          value={text}
          autoFocus
          autoSize={{ minRows: 4, maxRows: 14 }}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
    </Modal>
  );
}

/** What is being decided: nothing is sent before a form or a reason was confirmed. */
function Deciding({ row, accept, onDone }: { row: CandidateRow; accept: boolean; onDone: () => void }) {
  const { words, language } = useLanguage();
  const { message } = App.useApp();
  const w = words.sources.candidates;
  const decide = useDecide();
  const failed = (failure: unknown) => {
    if (failure instanceof ApiFailure && failure.code === 'STALE') {
      void message.warning(w.moved);
      onDone();
    } else if (!accept) void message.error(failureSentence(failure, language));
  };
  const told = (words: string) => ({
    onSuccess: () => {
      void message.success(words);
      onDone();
    },
    onError: failed,
  });
  if (accept) {
    return (
      <SourceForm
        candidate={row}
        busy={decide.isPending}
        failure={decide.error}
        onOk={({ name, role, fields }) => decide.mutate({ id: row.id, accept: true, name, role, fields }, told(w.accepted))}
        onClose={onDone}
      />
    );
  }
  return (
    <ReasonDialog
      title={w.refuseTitle}
      hint={w.refuseHint}
      ok={w.refuse}
      max={500}
      busy={decide.isPending}
      onOk={(reason) => decide.mutate({ id: row.id, accept: false, reason }, told(w.refused))}
      onClose={onDone}
    >
      <b className="wrap">{row.name ?? row.url}</b>
    </ReasonDialog>
  );
}

export function Candidates() {
  const words = useWords();
  const w = words.sources.candidates;
  const may = useMay('source.manage');
  const platforms = usePlatforms();
  const { filter, set } = useFilters(['state', 'platform'] as const);
  const state = CANDIDATE_STATES.find((s) => s === filter.state) ?? 'proposed';
  const { platform } = filter;
  const query = useCandidates({ state, platform });
  const rows = rowsOf(query.data);
  const [asking, setAsking] = useState<{ row: CandidateRow; accept: boolean } | null>(null);
  const more = () => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  };
  const ask = (accept: boolean, at: number) => {
    const row = rows[at];
    if (row && row.state === 'proposed' && may) setAsking({ row, accept });
  };
  const cursor = useCursor<HTMLDivElement>(rows.length, (i) => ask(true, i), more);
  useKeys({ confirm: () => ask(true, cursor.index), reject: () => ask(false, cursor.index) });
  return (
    <>
      <search className="sentence">
        <Select
          variant="borderless"
          size="small"
          className="said"
          value={state}
          aria-label={w.state.proposed}
          options={CANDIDATE_STATES.map((value) => ({ value, label: w.state[value] }))}
          onChange={(value) => set('state', value === 'proposed' ? '' : value)}
        />
        <FilterPick
          value={platform}
          blank={words.sources.anyPlatform}
          options={platforms.map((p) => ({ value: p.id, label: p.name }))}
          onChange={(value) => set('platform', value)}
        />
        <span className="meta wide-only">{w.hint}</span>
      </search>
      <Answer query={query}>
        {() =>
          rows.length === 0 ? (
            <Empty title={state === 'proposed' ? w.empty : w.emptyOther} why={w.emptyWhy} />
          ) : (
            <>
              <div className="list" ref={cursor.list}>
                {rows.map((row, i) => (
                  <Candidate key={row.id} row={row} lit={i === cursor.index} may={may} onAccept={() => ask(true, i)} onRefuse={() => ask(false, i)} />
                ))}
              </div>
              <ListEnd n={rows.length} more={query.hasNextPage} busy={query.isFetchingNextPage} onMore={more} words={words} />
            </>
          )
        }
      </Answer>
      {asking ? <Deciding row={asking.row} accept={asking.accept} onDone={() => setAsking(null)} /> : null}
    </>
  );
}
