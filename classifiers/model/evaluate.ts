/**
 * What rules and model do for employers the model has not seen: five folds by employer, each judged by weights of the
 * others; a fold's thresholds come from the held-out margins of the other folds (whose weights had seen it: the one
 * looseness here). The rules are the same in every fold, and were written with many of these labels in view.
 */
import type { Finding } from '../../core/model/finding.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import { type Intervals, intervals, type Judged, MEASURED_KINDS, type Score, score } from './measure.ts';
import { createModelStage } from './stage.ts';
import { bareFile, foldsOf, heldOut, type Prepared, settle, type TrainOptions, truthsOf } from './train.ts';

export interface SourceScore {
  readonly source: string;
  readonly posts: number;
  readonly rules: Score;
  /** The model alone, speaking wherever it thinks a kind more likely than not. */
  readonly model: Score;
  readonly combined: Score;
  readonly interval: Intervals;
  /** What the model added to the rules; doubtful labels left out. */
  readonly added: { readonly right: number; readonly wrong: number };
}
export interface Evaluation {
  readonly sources: readonly SourceScore[];
  /** Over published posts. */
  readonly kinds: readonly {
    readonly kind: FindingKind;
    readonly n: number;
    readonly rules: number | null;
    readonly model: number | null;
    readonly combined: number | null;
    readonly low: number | null;
    readonly high: number | null;
  }[];
}

interface Row {
  readonly source: string;
  readonly rules: Judged;
  readonly model: Judged;
  readonly combined: Judged;
  readonly right: number;
  readonly wrong: number;
}
const OWN: ReadonlySet<string> = new Set(['written', 'wordings']);
const PUBLISHED = 'published, all';

function rowOf(told: NonNullable<Prepared['told']>, added: readonly Finding[], alone: readonly Finding[]): Row {
  const { labels, group, source } = told.post;
  const judged = (findings: readonly Finding[]): Judged => ({ labels, group, result: { findings: [...findings] } });
  const truths = truthsOf(told.post);
  const verdicts = added.map((f) => truths[MEASURED_KINDS.indexOf(f.kind)]);
  return {
    source,
    rules: judged(told.findings),
    model: judged(alone),
    combined: judged([...told.findings, ...added]),
    right: verdicts.filter((v) => v === 1).length,
    wrong: verdicts.filter((v) => v === 0).length,
  };
}

function scored(source: string, rows: readonly Row[], seed: number): SourceScore {
  const combined = rows.map((r) => r.combined);
  return {
    source,
    posts: rows.length,
    rules: score(rows.map((r) => r.rules)),
    model: score(rows.map((r) => r.model)),
    combined: score(combined),
    interval: intervals(combined, seed),
    added: { right: rows.reduce((sum, r) => sum + r.right, 0), wrong: rows.reduce((sum, r) => sum + r.wrong, 0) },
  };
}

/** @param posts as `prepare` makes them */
export function evaluate(posts: readonly Prepared[], options: TrainOptions): Evaluation {
  const folds = options.folds ?? 5;
  const fold = foldsOf(posts, folds, options.seed);
  const of = (f: number): Prepared[] => posts.filter((_p, i) => fold[i] === f);
  const parts = Array.from({ length: folds }, (_, f) => {
    const file = bareFile(
      posts.filter((_p, i) => fold[i] !== f),
      options,
    );
    return { file, rows: heldOut(file, of(f)) };
  });
  const rows = parts.flatMap(({ file }, f) => {
    const settled = settle(
      file,
      parts.flatMap((part, other) => (other === f ? [] : part.rows)),
    );
    const stage = createModelStage(settled);
    const alone = createModelStage({ ...settled, kinds: settled.kinds.map((k) => ({ ...k, raise: 0 })) });
    return of(f).flatMap(({ told }): Row[] => {
      if (!told) return [];
      const ruled = new Set(told.findings.map((x) => x.kind));
      const added = told.notice ? [] : stage.predict(told.read).filter((x) => !ruled.has(x.kind));
      return [rowOf({ ...told, findings: told.notice ? [] : told.findings }, added, told.notice ? [] : alone.predict(told.read))];
    });
  });
  const published = scored(
    PUBLISHED,
    rows.filter((r) => !OWN.has(r.source)),
    options.seed,
  );
  const names = [...new Set(rows.map((r) => r.source))].sort();
  const each = names.map((name) =>
    scored(
      name,
      rows.filter((r) => r.source === name),
      options.seed,
    ),
  );
  const kinds = MEASURED_KINDS.map((kind) => ({
    kind,
    n: published.combined.kinds[kind]?.n ?? 0,
    rules: published.rules.kinds[kind]?.f1 ?? null,
    model: published.model.kinds[kind]?.f1 ?? null,
    combined: published.combined.kinds[kind]?.f1 ?? null,
    low: published.interval.kinds[kind]?.low ?? null,
    high: published.interval.kinds[kind]?.high ?? null,
  }));
  return { sources: [published, ...each], kinds };
}
