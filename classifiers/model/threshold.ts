/**
 * From which margin the model may speak where rules are silent, decided on employers it has not seen: right often enough
 * over everything it adds, and hardly ever wrong on published posts, so that people who look find something.
 */

/** A labelled post, one kind, a model that has not seen its employer. */
export interface HeldOut {
  readonly kind: number;
  readonly margin: number;
  /** Its employer, or the wording it is a disguise of: counts once among what is right. */
  readonly group: string;
  /** 1, 0, or -1 for doubtful. */
  readonly truth: number;
  /** No rule speaks of the kind, neither against nor for. */
  readonly silent: boolean;
  /** A published post, not one written for training. */
  readonly real: boolean;
}
export interface Raise {
  readonly margin: number;
  readonly right: number;
  readonly wrong: number;
}

const LEAST_PRECISION = 0.85;
const LEAST_RIGHT = 4;
/** Of these, from published posts: wordings written to teach it do not show that it can tell apart what people publish. */
const LEAST_PUBLISHED = 1;
/** Published posts a kind may wrongly flag: of about a thousand, so that all kinds together stay far under one in a hundred. */
const WRONG_PUBLISHED = 1;

/** @param rows of one kind, silent and not doubtful @returns the lowest margin that keeps the conditions; null when none does */
export function chooseRaise(rows: readonly HeldOut[]): Raise | null {
  const ranked = [...rows].sort((a, b) => b.margin - a.margin);
  let [right, wrong, published] = [0, 0, 0];
  const found = new Set<string>();
  const foundPublished = new Set<string>();
  let best: Raise | null = null;
  for (const [i, { margin, truth, real, group }] of ranked.entries()) {
    if (margin <= 0) break;
    if (truth !== 1) wrong += 1;
    else found.add(group);
    if (truth === 1 && real) foundPublished.add(group);
    right = found.size;
    if (truth !== 1 && real) published += 1;
    if (published > WRONG_PUBLISHED) break;
    const next = Math.max(0, ranked[i + 1]?.margin ?? 0);
    if (right < LEAST_RIGHT || foundPublished.size < LEAST_PUBLISHED || next >= margin || right / (right + wrong) < LEAST_PRECISION) continue;
    // Half way to the next below.
    best = { margin: Math.round(((margin + next) / 2) * 1e4) / 1e4, right, wrong };
  }
  return best;
}

/** Positives among published posts from which they alone decide. */
const ENOUGH_PUBLISHED = 15;

/** The margin from which a kind said alone scores best (F1), for comparing one model with another. @returns null without positives */
export function bestMargin(rows: readonly HeldOut[]): number | null {
  const known = rows.filter((r) => r.truth >= 0);
  const published = known.filter((r) => r.real);
  const asked = published.filter((r) => r.truth === 1).length >= ENOUGH_PUBLISHED ? published : known;
  const ranked = [...asked].sort((a, b) => b.margin - a.margin);
  const positives = ranked.filter((r) => r.truth === 1).length;
  let [right, best, at] = [0, 0, null as number | null];
  for (const [i, { margin, truth }] of ranked.entries()) {
    if (truth === 1) right += 1;
    const next = ranked[i + 1]?.margin ?? margin - 1;
    const f1 = (2 * right) / (i + 1 + positives);
    if (next >= margin || f1 <= best) continue;
    best = f1;
    at = (margin + next) / 2;
  }
  return at;
}
