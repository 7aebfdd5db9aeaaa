/** The sample of what a draft would change, judged by keyboard: a right, r wrong, x unsure. */
import { useState } from 'react';
import type { DifferenceView } from '../../../core/model/api-rule.ts';
import type { RuleVerdict } from '../../../core/model/rule.ts';
import { useDifferences, useJudge } from '../../api/rules.ts';
import { useCursor } from '../../keys/use-cursor.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { Answer } from '../../parts/page-state.tsx';
import { Platform } from '../../parts/small.tsx';
import { useWords } from '../../text/language.tsx';
import { percent } from './rules-page.tsx';

const VERDICTS: readonly RuleVerdict[] = ['yes', 'no', 'unsure'];

function Row({ row, here, onPick, onJudge }: { row: DifferenceView; here: boolean; onPick: () => void; onJudge: (verdict: RuleVerdict) => void }) {
  const words = useWords();
  return (
    <div data-row className={`pad rule-sample${here ? ' here' : ''}`} onPointerDown={onPick}>
      <p className="rule-text">
        {row.before}
        <mark>{row.quote ?? ''}</mark>
        {row.after}
      </p>
      <div className="row wrap">
        <span className="meta">
          {words.labels.kind[row.kind]} · <Platform id={row.platform} /> · {row.accountName} · {row.by}
        </span>
        {VERDICTS.map((v) => (
          <button key={v} type="button" className={`plain chip${row.verdict === v ? ' on' : ''}`} aria-pressed={row.verdict === v} onClick={() => onJudge(v)}>
            {words.rules.verdict[v]}
          </button>
        ))}
        {row.judgedByName ? <span className="meta">{row.judgedByName}</span> : null}
      </div>
    </div>
  );
}

export function Sample({ owner }: { owner: string }) {
  const w = useWords().rules;
  const [change, setChange] = useState<'added' | 'removed'>('added');
  const query = useDifferences(owner, change);
  const judge = useJudge();
  const rows = query.data?.items ?? [];
  const cursor = useCursor<HTMLDivElement>(rows.length, () => undefined);
  const give = (index: number, verdict: RuleVerdict) => {
    const row = rows[index];
    if (!row) return;
    judge.mutate({ id: row.id, verdict });
    cursor.setAt(Math.min(rows.length - 1, index + 1));
  };
  useKeys({ confirm: () => give(cursor.index, 'yes'), reject: () => give(cursor.index, 'no'), skip: () => give(cursor.index, 'unsure') });
  const share = query.data?.estimate.share;
  return (
    <section className="section">
      <h2>
        {w.sample}
        <span className="chips">
          {(['added', 'removed'] as const).map((c) => (
            <button key={c} type="button" className={`plain chip${change === c ? ' on' : ''}`} aria-pressed={change === c} onClick={() => setChange(c)}>
              {w[c]}
            </button>
          ))}
        </span>
      </h2>
      <p className="pad">
        <strong>{share ? w.estimate(percent(share.share), percent(share.low), percent(share.high), share.n) : w.noEstimate}</strong>{' '}
        <span className="meta">{w.sampleHint}</span>
      </p>
      <Answer query={query}>
        {() =>
          rows.length === 0 ? (
            <p className="meta pad">{w.sampleEmpty}</p>
          ) : (
            <div ref={cursor.list}>
              {rows.map((row, i) => (
                <Row key={row.id} row={row} here={i === cursor.index} onPick={() => cursor.setAt(i)} onJudge={(v) => give(i, v)} />
              ))}
            </div>
          )
        }
      </Answer>
    </section>
  );
}
