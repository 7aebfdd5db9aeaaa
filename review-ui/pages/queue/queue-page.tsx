/** The queue: the filter is a sentence one can edit, one row a case, and the address keeps the filter. */
import { Button, Input, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { CASE_STATES } from '../../../core/model/case.ts';
import { FINDING_KINDS } from '../../../core/model/taxonomy.ts';
import { rowsOf, useQueue } from '../../api/queries.ts';
import { useTakeNext } from '../../api/writes.ts';
import { useCursor } from '../../keys/use-cursor.ts';
import { rememberList } from '../../parts/case-list.ts';
import { CaseRow, CaseRowHead } from '../../parts/case-row.tsx';
import { Answer, Empty, ListEnd, Needs, useMay } from '../../parts/page-state.tsx';
import { usePlatforms } from '../../parts/use-platforms.ts';
import { useWords } from '../../text/language.tsx';

const SCORES = [20, 35, 50, 65];
const FIELDS = ['state', 'platform', 'kind', 'minPriority', 'mine', 'overdue', 'returned', 'run', 'q'] as const;
/** Conditions that come by a link from a figure: shown when they hold, and taken off by a click. */
const LINKED = ['overdue', 'returned', 'run'] as const;
type Field = (typeof FIELDS)[number];

function useFilter() {
  const [params, setParams] = useSearchParams();
  const filter = Object.fromEntries(FIELDS.flatMap((field) => (params.get(field) ? [[field, params.get(field)]] : []))) as Partial<Record<Field, string>>;
  const set = (field: Field, value: string | undefined) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        if (value) next.set(field, value);
        else next.delete(field);
        return next;
      },
      { replace: true },
    );
  const clear = () => setParams(new URLSearchParams(), { replace: true });
  return { filter, set, clear, any: Object.keys(filter).length > 0 };
}

function Sentence({ filter, set, clear, any }: ReturnType<typeof useFilter>) {
  const words = useWords();
  const platforms = usePlatforms();
  const [text, setText] = useState(filter.q ?? '');
  useEffect(() => setText(filter.q ?? ''), [filter.q]);
  const pick = (field: Field, blank: string, options: { value: string; label: string }[], width: number) => (
    <Select
      variant="borderless"
      size="small"
      className={filter[field] ? 'said' : 'unsaid'}
      value={filter[field] ?? ''}
      onChange={(value) => set(field, value || undefined)}
      options={[{ value: '', label: blank }, ...options]}
      popupMatchSelectWidth={width}
      showSearch={options.length > 10 ? { optionFilterProp: 'label' } : false}
      aria-label={blank}
    />
  );
  return (
    <search className="sentence">
      <span className="meta">{words.queue.sentence}</span>
      {pick(
        'state',
        words.queue.anyState,
        CASE_STATES.map((value) => ({ value, label: words.labels.caseState[value] })),
        120,
      )}
      {pick(
        'platform',
        words.queue.anyPlatform,
        platforms.map((row) => ({ value: row.id, label: row.name })),
        180,
      )}
      {pick(
        'kind',
        words.queue.anyKind,
        FINDING_KINDS.map((value) => ({ value, label: words.labels.kind[value] })),
        260,
      )}
      {pick(
        'minPriority',
        words.queue.anyScore,
        SCORES.map((n) => ({ value: String(n), label: words.queue.minScore(n) })),
        120,
      )}
      {pick('mine', words.queue.anyone, [{ value: 'true', label: words.queue.mineOnly }], 140)}
      <Input
        size="small"
        variant="underlined"
        style={{ width: 180 }}
        value={text}
        placeholder={words.queue.search}
        aria-label={words.queue.search}
        allowClear
        onChange={(event) => {
          setText(event.target.value);
          if (!event.target.value) set('q', undefined);
        }}
        onPressEnter={(event) => {
          if (event.nativeEvent.isComposing || event.keyCode === 229) return;
          set('q', text.trim() || undefined);
        }}
        onBlur={() => set('q', text.trim() || undefined)}
      />
      {LINKED.filter((field) => filter[field]).map((field) => (
        <button key={field} type="button" className="plain chip on" onClick={() => set(field, undefined)}>
          {words.queue.linked[field]} ×
        </button>
      ))}
      {any ? (
        <button type="button" className="plain link meta" onClick={clear}>
          {words.queue.clear}
        </button>
      ) : null}
    </search>
  );
}

function QueueList({ filter, any, clear }: ReturnType<typeof useFilter>) {
  const words = useWords();
  const [, go] = useLocation();
  const query = useQueue(filter);
  const rows = rowsOf(query.data);
  useEffect(() => rememberList(rows.map((row) => row.id)));
  const more = () => {
    if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  };
  const cursor = useCursor<HTMLDivElement>(rows.length, (i) => rows[i] && go(`/cases/${rows[i].id}`), more);
  return (
    <Answer query={query}>
      {() =>
        rows.length === 0 ? (
          <Empty title={any ? words.queue.empty : words.queue.emptyAll} why={any ? words.queue.emptyWhy : words.queue.emptyAllWhy}>
            {any ? <Button onClick={clear}>{words.queue.clear}</Button> : null}
          </Empty>
        ) : (
          <>
            <CaseRowHead />
            <div className="list" ref={cursor.list} style={query.isPlaceholderData ? { opacity: 0.5 } : undefined}>
              {rows.map((row, i) => (
                <CaseRow key={row.id} row={row} cursor={i === cursor.index} />
              ))}
            </div>
            <ListEnd n={rows.length} more={query.hasNextPage} busy={query.isFetchingNextPage} onMore={more} words={words} />
          </>
        )
      }
    </Answer>
  );
}

export default function QueuePage() {
  const words = useWords();
  const [, go] = useLocation();
  const filter = useFilter();
  const mayReview = useMay('case.review');
  const next = useTakeNext();
  return (
    <Needs capability="case.read">
      <main className="page">
        <div className="page-head">
          <h1>{words.queue.title}</h1>
          {mayReview ? (
            <div className="tools">
              <Button type="primary" loading={next.isPending} onClick={() => next.mutate(undefined, { onSuccess: (id) => id && go(`/cases/${id}`) })}>
                {words.home.next}
              </Button>
            </div>
          ) : null}
        </div>
        <Sentence {...filter} />
        <QueueList {...filter} />
      </main>
    </Needs>
  );
}
