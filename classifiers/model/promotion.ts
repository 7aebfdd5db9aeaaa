/**
 * The gate between a challenger and the model that speaks: both judge the same posts beside the same rules, each only
 * posts it can judge fairly (its own out-of-fold answer where it learned from the post, its answer now where it knows
 * nothing of the employer, no answer otherwise). It passes when no kind with 15 sure positives gets worse beyond its
 * interval, no more posts without labels are flagged, and macro-F1 is not lower.
 */
import type { FindingKind } from '../../core/model/taxonomy.ts';
import { judge } from './judge.ts';
import { bareFinding, type Difference, differences, type Judged, LEAST_POSITIVES, MEASURED_KINDS, type Score, score } from './measure.ts';
import { groupDigest, type ModelFile, postDigest } from './model-file.ts';
import { WeightTable } from './table.ts';
import { OWN_SOURCES, type Prepared } from './train.ts';

/** What a model would raise in a post, rules aside; null where it cannot be asked fairly. */
export type FairSpeech = (told: NonNullable<Prepared['told']>) => readonly FindingKind[] | null;

export function fairSpeech(file: ModelFile): FairSpeech {
  const seen = new Set(file.groups);
  const kindsAt = (list: string): FindingKind[] => list.split(',').flatMap((k) => file.kinds[Number(k)]?.kind ?? []);
  const outOfFold = new Map((file.heldOut ?? []).map((row) => [row.slice(0, 12), row.length > 13 ? kindsAt(row.slice(13)) : []]));
  const table = new WeightTable(file);
  const agency = file.kinds.findIndex((k) => k.kind === 'acts-as-intermediary');
  return ({ post, read }) => {
    const told = outOfFold.get(postDigest(post.post));
    if (told) return told;
    if (seen.has(groupDigest(post.group))) return null;
    return judge(table, read, agency).flatMap((best, k): FindingKind[] => {
      const kind = file.kinds[k];
      return kind && kind.raise !== null && best && best.margin >= kind.raise ? [kind.kind] : [];
    });
  };
}

export interface GateKind {
  readonly kind: FindingKind;
  readonly n: number;
  readonly champion: number | null;
  readonly challenger: number | null;
  /** Of F1, challenger less champion; null below 15 sure positives. */
  readonly difference: Difference | null;
}
export interface Refusal {
  readonly what: 'evidence' | 'kind' | 'macro' | 'clean';
  readonly kind: FindingKind | null;
  readonly champion: number | null;
  readonly challenger: number | null;
  readonly low: number | null;
  readonly high: number | null;
}
export interface GateResult {
  /** Posts both could be asked about, and those left out. */
  readonly posts: number;
  readonly leftOut: number;
  readonly champion: Pick<Score, 'macroF1' | 'cleanFlagRate'>;
  readonly challenger: Pick<Score, 'macroF1' | 'cleanFlagRate'>;
  readonly kinds: readonly GateKind[];
  /** Nothing here: it may be promoted. */
  readonly refusals: readonly Refusal[];
}

/** Fewer posts, or no kind with 15 sure positives among them, show nothing. */
export const LEAST_POSTS = 100;
const SEED = 1;

/** @param posts labelled or decided posts as `prepare` makes them; own writing is left aside */
export function gate(posts: readonly Prepared[], champion: FairSpeech, challenger: FairSpeech): GateResult {
  const sides = [champion, challenger].map((): Judged[] => []) as [Judged[], Judged[]];
  let leftOut = 0;
  for (const { told } of posts) {
    if (!told || OWN_SOURCES.has(told.post.source)) continue;
    const [before, after] = [champion(told), challenger(told)];
    if (!before || !after) {
      leftOut += 1;
      continue;
    }
    const { labels, group, decided } = told.post;
    const ruled = new Set(told.findings.map((f) => f.kind));
    const judged = (said: readonly FindingKind[]): Judged => {
      const more = said.filter((kind) => !ruled.has(kind)).map((kind) => bareFinding(kind, 'model'));
      return { labels, group, decided, result: { findings: told.notice ? [] : [...told.findings, ...more] } };
    };
    sides[0].push(judged(before));
    sides[1].push(judged(after));
  }
  return resultOf(sides, leftOut);
}

function resultOf([before, after]: readonly [readonly Judged[], readonly Judged[]], leftOut: number): GateResult {
  const [was, now] = [score(before), score(after)];
  const gaps = differences(after, before, SEED);
  const kinds = MEASURED_KINDS.map((kind): GateKind => {
    const [a, b] = [was.kinds[kind], now.kinds[kind]];
    return { kind, n: b?.n ?? 0, champion: a?.f1 ?? null, challenger: b?.f1 ?? null, difference: gaps.kinds[kind] ?? null };
  });
  const refusals: Refusal[] = [];
  const refuse = (
    what: Refusal['what'],
    champion: number | null,
    challenger: number | null,
    gap: Difference | null = null,
    kind: FindingKind | null = null,
  ): void => void refusals.push({ what, kind, champion, challenger, low: gap?.low ?? null, high: gap?.high ?? null });
  const most = Math.max(...kinds.map((k) => k.n));
  if (after.length < LEAST_POSTS || most < LEAST_POSITIVES) refuse('evidence', after.length, most);
  for (const k of kinds) if (k.difference && k.difference.high < 0) refuse('kind', k.champion, k.challenger, k.difference, k.kind);
  if ((now.macroF1 ?? 0) < (was.macroF1 ?? 0)) refuse('macro', was.macroF1, now.macroF1, gaps.macroF1);
  if ((now.cleanFlagRate ?? 0) > (was.cleanFlagRate ?? 0)) refuse('clean', was.cleanFlagRate, now.cleanFlagRate, gaps.cleanFlagRate);
  const sideOf = ({ macroF1, cleanFlagRate }: Score): GateResult['champion'] => ({ macroF1, cleanFlagRate });
  return { posts: after.length, leftOut, champion: sideOf(was), challenger: sideOf(now), kinds, refusals };
}
