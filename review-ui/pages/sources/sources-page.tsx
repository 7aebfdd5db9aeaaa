/** What is visited: every source with its last visit, what came of it and when the next is; and the candidates beside. */
import { App, Button, Tooltip } from 'antd';
import { useState } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import type { SourceRow } from '../../../core/model/api-source.ts';
import { FAULTS, OUTCOMES, type Outcome, WALLS } from '../../../core/model/capture.ts';
import { rowsOf } from '../../api/queries.ts';
import { useAddSource, useProposed, useSourceSwitch, useSources } from '../../api/sources.ts';
import { useCursor } from '../../keys/use-cursor.ts';
import { FilterPick, FilterSearch, useFilters } from '../../parts/filters.tsx';
import { Answer, Empty, failureSentence, ListEnd, Needs, useMay } from '../../parts/page-state.tsx';
import { Platform } from '../../parts/small.tsx';
import { usePlatforms } from '../../parts/use-platforms.ts';
import { useLanguage, useWords } from '../../text/language.tsx';
import { count, moment } from '../../text/when.ts';
import { Candidates, SeedDialog } from './candidates.tsx';
import { SourceForm } from './source-form.tsx';

type Field = 'platform' | 'active' | 'outcome' | 'q';
const FIELDS: readonly Field[] = ['platform', 'active', 'outcome', 'q'];
type Filter = Partial<Record<Field, string>>;

export const toneOf = (outcome: Outcome | null): string | undefined =>
  outcome && FAULTS.has(outcome) ? 'alert' : outcome && WALLS.has(outcome) ? 'warn' : undefined;

export function SourceSwitch({ row, may }: { row: SourceRow; may: boolean }) {
  const { words, language } = useLanguage();
  const { message } = App.useApp();
  const change = useSourceSwitch();
  const w = words.sources;
  return (
    <Button
      size="small"
      className="source-verb"
      disabled={!may}
      loading={change.isPending}
      onClick={() =>
        change.mutate(
          { id: row.id, active: !row.active },
          {
            onSuccess: () => void message.success(row.active ? w.pausedNow : w.resumedNow),
            onError: (failure) => void message.error(failureSentence(failure, language)),
          },
        )
      }
    >
      {row.active ? w.pause : w.resume}
    </Button>
  );
}

function SourceItem({ row, lit, may }: { row: SourceRow; lit: boolean; may: boolean }) {
  const words = useWords();
  const w = words.sources;
  return (
    <div data-row={row.id} className={`item source-grid${lit ? ' cursor' : ''}${row.active ? '' : ' source-off'}`}>
      <span className="case-who">
        <Link href={`/sources/${row.id}`} className="clip" title={row.name}>
          {row.name}
        </Link>
        <span className="meta clip" title={row.url}>
          <Platform id={row.platform} />
          {row.role === 'search' ? ` · ${w.searchRole}` : ''} · {row.url}
        </span>
      </span>
      <span className="source-state">
        <span>{row.active ? w.active : w.paused}</span>
        {!row.active ? null : row.nightly ? (
          <Tooltip title={w.nightlyWhy}>
            <span className="warn">{w.nightly}</span>
          </Tooltip>
        ) : (
          <span className="meta">{w.every(row.intervalHours)}</span>
        )}
      </span>
      <span className="meta nowrap source-last">{row.lastVisitedAt ? moment(row.lastVisitedAt) : w.never}</span>
      <span className="source-outcome">
        <span className={toneOf(row.lastOutcome)}>{row.lastOutcome ? words.labels.fetched[row.lastOutcome] : '—'}</span>
        {row.lastDetail ? (
          <span className="meta clip" title={row.lastDetail}>
            {row.lastDetail}
          </span>
        ) : null}
      </span>
      <span className="meta nowrap source-next">{row.active ? moment(row.nextDueAt) : w.notDue}</span>
      <span className="num source-pages" title={row.posts === null ? undefined : w.posts(row.posts)}>
        {row.pages === null ? '—' : count(row.pages)}
      </span>
      <SourceSwitch row={row} may={may} />
    </div>
  );
}

function Rows({ filter, onAdd }: { filter: Filter; onAdd: () => void }) {
  const words = useWords();
  const w = words.sources;
  const may = useMay('source.manage');
  const query = useSources(filter);
  const rows = rowsOf(query.data);
  const more = () => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  };
  const [, go] = useLocation();
  const cursor = useCursor<HTMLDivElement>(rows.length, (i) => rows[i] && go(`/sources/${rows[i].id}`), more);
  const filtered = Object.keys(filter).length > 0;
  return (
    <Answer query={query}>
      {() =>
        rows.length === 0 ? (
          <Empty title={filtered ? w.emptyFiltered : w.empty} why={filtered ? w.emptyFilteredWhy : w.emptyWhy}>
            {filtered || !may ? null : (
              <Button type="primary" onClick={onAdd}>
                {w.add}
              </Button>
            )}
          </Empty>
        ) : (
          <>
            <div className="head source-grid wide-only" aria-hidden="true">
              <span>{w.columns.name}</span>
              <span>{w.columns.state}</span>
              <span>{w.columns.last}</span>
              <span>{w.columns.outcome}</span>
              <span>{w.columns.next}</span>
              <span className="num">{w.columns.pages}</span>
              <span />
            </div>
            <div className="list" ref={cursor.list}>
              {rows.map((row, i) => (
                <SourceItem key={row.id} row={row} lit={i === cursor.index} may={may} />
              ))}
            </div>
            <ListEnd n={rows.length} more={query.hasNextPage} busy={query.isFetchingNextPage} onMore={more} words={words} />
          </>
        )
      }
    </Answer>
  );
}

function SourceList({ onAdd }: { onAdd: () => void }) {
  const words = useWords();
  const w = words.sources;
  const platforms = usePlatforms();
  const { filter, set } = useFilters(FIELDS);
  return (
    <>
      <search className="sentence">
        <FilterPick
          value={filter.platform}
          blank={w.anyPlatform}
          options={platforms.map((p) => ({ value: p.id, label: p.name }))}
          onChange={(value) => set('platform', value)}
        />
        <FilterPick
          value={filter.active}
          blank={w.anyState}
          options={[
            { value: 'true', label: w.active },
            { value: 'false', label: w.paused },
          ]}
          onChange={(value) => set('active', value)}
        />
        <FilterPick
          value={filter.outcome}
          blank={w.anyOutcome}
          options={OUTCOMES.map((value) => ({ value, label: words.labels.fetched[value] ?? value }))}
          onChange={(value) => set('outcome', value)}
        />
        <FilterSearch value={filter.q} label={w.search} width={200} onSearch={(text) => set('q', text)} />
      </search>
      <Rows filter={filter} onAdd={onAdd} />
    </>
  );
}

function Adding({ onClose }: { onClose: () => void }) {
  const words = useWords();
  const { message } = App.useApp();
  const add = useAddSource();
  const told = {
    onSuccess: () => {
      void message.success(words.sources.form.added);
      onClose();
    },
  };
  return <SourceForm busy={add.isPending} failure={add.error} onOk={(wish) => add.mutate(wish, told)} onClose={onClose} />;
}

export default function SourcesPage() {
  const words = useWords();
  const w = words.sources;
  const may = useMay('source.manage');
  const proposed = useProposed(useMay('run.read')).data?.proposed ?? 0;
  const [params, setParams] = useSearchParams();
  const [, go] = useLocation();
  const [dialog, setDialog] = useState<'add' | 'seed' | null>(null);
  const tab = params.get('tab') === 'candidates' ? 'candidates' : 'sources';
  const close = () => setDialog(null);
  return (
    <Needs capability="run.read">
      <main className="page">
        <div className="page-head">
          <h1>{w.title}</h1>
          <div role="tablist" className="tabs">
            {(['sources', 'candidates'] as const).map((name) => (
              <button
                key={name}
                type="button"
                role="tab"
                className="plain"
                aria-selected={tab === name}
                onClick={() => setParams(name === 'sources' ? {} : { tab: name })}
              >
                {w.tabs[name]}
                {name === 'candidates' && proposed > 0 ? <span className="meta"> {count(proposed)}</span> : null}
              </button>
            ))}
          </div>
          <div className="tools">
            {may ? (
              <>
                <Button onClick={() => setDialog('seed')}>{w.candidates.seed}</Button>
                <Button onClick={() => go('/sources/board')}>{w.board.open}</Button>
                <Button type="primary" onClick={() => setDialog('add')}>
                  {w.add}
                </Button>
              </>
            ) : null}
          </div>
        </div>
        <p className="meta" style={{ marginBottom: 8 }}>
          {w.intro}
        </p>
        {tab === 'sources' ? <SourceList onAdd={() => setDialog('add')} /> : <Candidates />}
        {dialog === 'add' ? <Adding onClose={close} /> : null}
        {dialog === 'seed' ? <SeedDialog onClose={close} /> : null}
      </main>
    </Needs>
  );
}
