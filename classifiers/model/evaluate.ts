/**
 * What rules and model do for employers the model has not seen: five folds by employer, each judged by weights of the
 * others; a fold's thresholds come from the held-out margins of the other folds (whose weights had seen it: the one
 * looseness here). Rivals are fitted and judged in the same folds. The rules are the same in every fold, and were
 * written with many of these labels in view.
 */
import type { Finding } from '../../core/model/finding.ts';
import type { FindingKind } from '../../core/model/taxonomy.ts';
import { bareFinding, type Difference, differences, type Intervals, intervals, type Judged, MEASURED_KINDS, type Score, score } from './measure.ts';
import { type Reliability, reliability } from './reliability.ts';
import { createModelStage } from './stage.ts';
import { bestMargin, chooseRaise, type HeldOut } from './threshold.ts';
import { bareFile, foldsOf, heldOut, heldOutRows, OWN_SOURCES, type Prepared, settle, type TrainOptions, truthsOf } from './train.ts';

/** Another classifier that is held against ours: it sees the labelled posts of the other folds and gives a margin for each kind, larger for surer. */
export interface Rival {
  readonly name: string;
  fit(seen: readonly Prepared[]): (post: Prepared) => readonly number[];
}
/** A classifier measured alone (each kind from the margin that was best in the other folds) and behind the rules, as ours is. */
export interface Measured {
  readonly name: string;
  readonly alone: Score;
  readonly interval: Intervals;
  readonly together: Score;
  readonly added: { readonly right: number; readonly wrong: number };
}
export interface SourceScore {
  readonly source: string;
  readonly posts: number;
  readonly rules: Score;
  /** The model alone, each kind from the margin that was best in the other folds. */
  readonly model: Score;
  readonly modelInterval: Intervals;
  readonly combined: Score;
  readonly interval: Intervals;
  /** What the model added to the rules; doubtful labels left out. */
  readonly added: { readonly right: number; readonly wrong: number };
  readonly rivals: readonly Measured[];
}
export interface KindRow {
  readonly kind: FindingKind;
  readonly n: number;
  readonly rules: number | null;
  readonly model: number | null;
  readonly combined: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Alone, with their intervals; ours first. */
  readonly alone: readonly { readonly name: string; readonly f1: number | null; readonly low: number | null; readonly high: number | null }[];
}
export interface Evaluation {
  readonly sources: readonly SourceScore[];
  /** Over published posts. */
  readonly kinds: readonly KindRow[];
  /** Macro-F1 alone, ours less theirs, on the same draws of published posts. */
  readonly against: readonly { readonly name: string; readonly macroF1: Difference | null }[];
  /** Whether stated scores keep what they say, over published posts. */
  readonly reliability: readonly Reliability[];
}
/** The findings of a post out of fold, for other measures. */
export interface OutOfFold {
  readonly id: string | undefined;
  readonly findings: readonly Finding[];
}

interface Said {
  readonly alone: Judged;
  readonly together: Judged;
  readonly right: number;
  readonly wrong: number;
}
interface Row {
  readonly id: string | undefined;
  readonly source: string;
  readonly rules: Judged;
  /** Ours first, then the rivals. */
  readonly said: readonly Said[];
}
export const PUBLISHED = 'published, all';
const OURS = 'pincha';
type Told = NonNullable<Prepared['told']>;
/** What one classifier says of a post: `alone` wherever it would, `behind` where it may although rules are silent. */
interface Speech {
  readonly alone: readonly Finding[];
  readonly behind: readonly Finding[];
}

function rowOf(told: Told, speeches: readonly Speech[]): Row {
  const { labels, group, source, decided, post } = told.post;
  const judged = (findings: readonly Finding[]): Judged => ({ labels, group, decided, result: { findings: told.notice ? [] : [...findings] } });
  const truths = truthsOf(told.post);
  const ruled = new Set(told.findings.map((x) => x.kind));
  const said = speeches.map(({ alone, behind }): Said => {
    const more = told.notice ? [] : behind.filter((x) => !ruled.has(x.kind));
    const verdicts = more.map((f) => truths[MEASURED_KINDS.indexOf(f.kind)]);
    return {
      alone: judged(alone),
      together: judged([...told.findings, ...more]),
      right: verdicts.filter((v) => v === 1).length,
      wrong: verdicts.filter((v) => v === 0).length,
    };
  });
  return { id: post.id, source, rules: judged(told.findings), said };
}

const totals = (said: readonly Said[]): { right: number; wrong: number } => ({
  right: said.reduce((sum, r) => sum + r.right, 0),
  wrong: said.reduce((sum, r) => sum + r.wrong, 0),
});

function scored(source: string, rows: readonly Row[], names: readonly string[], seed: number): SourceScore {
  const of = (i: number): Said[] => rows.map((r) => r.said[i] as Said);
  const own = of(0);
  const combined = own.map((s) => s.together);
  const alone = own.map((s) => s.alone);
  return {
    source,
    posts: rows.length,
    rules: score(rows.map((r) => r.rules)),
    model: score(alone),
    modelInterval: intervals(alone, seed),
    combined: score(combined),
    interval: intervals(combined, seed),
    added: totals(own),
    rivals: names.map((name, i): Measured => {
      const said = of(i + 1);
      const theirs = said.map((s) => s.alone);
      return { name, alone: score(theirs), interval: intervals(theirs, seed), together: score(said.map((s) => s.together)), added: totals(said) };
    }),
  };
}

interface Thresholds {
  readonly alone: number | null;
  readonly behind: number | null;
}
/** A rival's thresholds for a kind, from the other folds, chosen by the functions that choose ours. */
const thresholdsOf = (rows: readonly HeldOut[]): Thresholds => ({
  alone: bestMargin(rows),
  behind: chooseRaise(rows.filter((r) => r.silent && r.truth >= 0))?.margin ?? null,
});

function rivalSpeech(name: string, margins: readonly number[], thresholds: readonly Thresholds[]): Speech {
  const said = (from: (of: Thresholds) => number | null): Finding[] =>
    MEASURED_KINDS.flatMap((kind, k) => {
      const of = thresholds[k];
      const least = of ? from(of) : null;
      return least !== null && (margins[k] as number) >= least ? [bareFinding(kind, name)] : [];
    });
  return { alone: said((of) => of.alone), behind: said((of) => of.behind) };
}
const byKind = (rows: readonly HeldOut[]): HeldOut[][] => {
  const split = MEASURED_KINDS.map((): HeldOut[] => []);
  for (const row of rows) split[row.kind]?.push(row);
  return split;
};

/** Every labelled post judged out of fold, by ours and by the rivals. */
function judgedRows(posts: readonly Prepared[], options: TrainOptions, rivals: readonly Rival[]): Row[] {
  const folds = options.folds ?? 5;
  const fold = foldsOf(posts, folds, options.seed);
  const of = (f: number): Prepared[] => posts.filter((_p, i) => fold[i] === f);
  const parts = Array.from({ length: folds }, (_, f) => {
    const seen = posts.filter((_p, i) => fold[i] !== f);
    const file = bareFile(seen, options);
    const labelled = seen.filter((p) => p.told);
    const margins = rivals.map((rival) => {
      const ask = rival.fit(labelled);
      return new Map(of(f).map((post) => [post, ask(post)]));
    });
    return { file, rows: heldOut(file, of(f)), rivals: margins.map((known) => ({ known, rows: heldOutRows(of(f), (post) => known.get(post) ?? []) })) };
  });
  return parts.flatMap(({ file, rivals: own }, f) => {
    const others = parts.filter((_part, other) => other !== f);
    const rows = others.flatMap((part) => part.rows);
    const settled = settle(file, rows);
    const stage = createModelStage(settled);
    const split = byKind(rows);
    const alone = createModelStage({ ...settled, kinds: settled.kinds.map((k, i) => ({ ...k, raise: bestMargin(split[i] ?? []) })) });
    const theirs = rivals.map((_r, i) => byKind(others.flatMap((part) => part.rivals[i]?.rows ?? [])).map(thresholdsOf));
    return of(f).flatMap((post): Row[] => {
      if (!post.told) return [];
      const { read } = post.told;
      const speeches = rivals.map((r, i) => rivalSpeech(r.name, own[i]?.known.get(post) ?? [], theirs[i] ?? []));
      return [rowOf(post.told, [{ alone: alone.predict(read), behind: stage.predict(read) }, ...speeches])];
    });
  });
}

function kindRows(published: SourceScore): KindRow[] {
  return MEASURED_KINDS.map((kind) => {
    const range = (of: Intervals) => ({ low: of.kinds[kind]?.low ?? null, high: of.kinds[kind]?.high ?? null });
    return {
      kind,
      n: published.combined.kinds[kind]?.n ?? 0,
      rules: published.rules.kinds[kind]?.f1 ?? null,
      model: published.model.kinds[kind]?.f1 ?? null,
      combined: published.combined.kinds[kind]?.f1 ?? null,
      ...range(published.interval),
      alone: [
        { name: OURS, f1: published.model.kinds[kind]?.f1 ?? null, ...range(published.modelInterval) },
        ...published.rivals.map((r) => ({ name: r.name, f1: r.alone.kinds[kind]?.f1 ?? null, ...range(r.interval) })),
      ],
    };
  });
}

/** @param posts as `prepare` makes them @returns the measure, and what was said of each labelled post out of fold */
export function evaluate(
  posts: readonly Prepared[],
  options: TrainOptions,
  rivals: readonly Rival[] = [],
): { readonly evaluation: Evaluation; readonly said: readonly OutOfFold[] } {
  const rows = judgedRows(posts, options, rivals);
  const names = rivals.map((r) => r.name);
  const real = rows.filter((r) => !OWN_SOURCES.has(r.source));
  const published = scored(PUBLISHED, real, names, options.seed);
  const each = [...new Set(rows.map((r) => r.source))].sort().map((source) =>
    scored(
      source,
      rows.filter((r) => r.source === source),
      names,
      options.seed,
    ),
  );
  const alone = (i: number): Judged[] => real.map((r) => (r.said[i] as Said).alone);
  return {
    evaluation: {
      sources: [published, ...each],
      kinds: kindRows(published),
      against: names.map((name, i) => ({ name, macroF1: differences(alone(0), alone(i + 1), options.seed).macroF1 })),
      reliability: reliability(real.map((r) => (r.said[0] as Said).together)),
    },
    said: rows.map((r) => ({ id: r.id, findings: (r.said[0] as Said).together.result?.findings ?? [] })),
  };
}
