/**
 * Screening of one post, the whole pipeline in one place: read, rules, format, contradictions, model, one finding for
 * one thing, score. Pure and stateless: the same post, law and model give the same line on any machine.
 */
import type { Finding, ScreenResult } from '../core/model/finding.ts';
import type { PostInput } from '../core/model/post.ts';
import { LEVELS, strongestLevel } from '../core/model/taxonomy.ts';
import { contradictions } from './false-posting/contradiction.ts';
import { falsePostingLead, type PostFact } from './false-posting/facts.ts';
import type { RuleSet } from './rules/compile.ts';
import { formatFindings } from './rules/format.ts';
import { isNotice } from './rules/posting.ts';
import type { ReadPost } from './rules/read.ts';
import { postScore } from './score/post-score.ts';

/** A trained stage beside the rules. It says only what rules did not find, and gets the reading the rules had: nothing is folded twice. */
export interface ModelStage {
  readonly id: string;
  predict(read: ReadPost): Finding[];
}
/**
 * A score of how much a post resembles known fake ones (ORFD), as one fact among others: it never raises a lead alone.
 * Null when it says nothing.
 */
export type FakeScore = (read: ReadPost) => PostFact | null;
export interface ScreenerOptions {
  readonly rules: RuleSet;
  readonly model?: ModelStage;
  readonly fakeScore?: FakeScore;
  /** The day whose law applies; today without it. */
  readonly asOf?: Date;
}
export interface Screener {
  /** Names rules and model, so that a stored result can be reproduced. */
  readonly version: string;
  /** @param lastSeen the last capture that showed the post: the law of that day is cited; of today without it */
  screen(post: PostInput, lastSeen?: Date): ScreenResult;
  /** The same, with what the post itself shows of being fake, for whoever knows more facts; null when it offers no work. */
  inspect(post: PostInput, lastSeen?: Date): { readonly result: ScreenResult; readonly facts: readonly PostFact[] | null };
  /** The lead that facts make together; null when they are too few. */
  falsePosting(facts: readonly PostFact[], lastSeen?: Date): Finding | null;
}

const byStrength = (a: Finding, b: Finding): number =>
  Number(a.exempt) - Number(b.exempt) || LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || b.score - a.score || length(a) - length(b);
const length = (f: Finding): number => f.quote?.length ?? 0;
const sameWords = (a: Finding, b: Finding): boolean =>
  a.kind === b.kind && a.field === b.field && (a.start === null || b.start === null ? a.by === b.by : a.start < (b.end ?? 0) && b.start < (a.end ?? 0));

/** The strongest of the findings of one kind over the same words; the lawful reading wins over a bare match of the same words. */
function dedupe(findings: readonly Finding[]): Finding[] {
  const kept: Finding[] = [];
  for (const finding of [...findings].sort((a, b) => Number(b.exempt) - Number(a.exempt) || byStrength(a, b))) {
    if (!kept.some((other) => sameWords(other, finding))) kept.push(finding);
  }
  return kept.sort(byStrength);
}

/** What the model adds: kinds no rule has found, exempt or not. */
function added(model: ModelStage | undefined, read: ReadPost, found: readonly Finding[]): Finding[] {
  const kinds = new Set(found.map((f) => f.kind));
  return model ? model.predict(read).filter((f) => !kinds.has(f.kind)) : [];
}

/** The model knows the law of today only: what it cites is looked up again for the day of the conduct. */
const underLaw = (rules: RuleSet, finding: Finding, lastSeen: Date | undefined): Finding =>
  lastSeen
    ? {
        ...finding,
        articles: rules.cite(
          finding.articles.map((a) => a.id),
          lastSeen,
        ),
      }
    : finding;

/**
 * Makes a screener.
 * @returns `screen`: a post in, one line of findings out; findings point into the post as given
 */
export function createScreener({ rules, model, fakeScore, asOf }: ScreenerOptions): Screener {
  /** @param alone nobody knows of facts from elsewhere: likeness, which says nothing alone, is then weighed only beside another */
  const factsOf = (read: ReadPost, alone: boolean): PostFact[] => {
    const facts = contradictions(read, rules);
    if (!fakeScore || (alone && facts.length === 0)) return facts;
    const fake = fakeScore(read);
    return fake ? [...facts, fake] : facts;
  };
  const falsePosting: Screener['falsePosting'] = (facts, lastSeen = asOf) => {
    const { why, articles } = rules.computed('false-posting');
    return falsePostingLead(facts, { why, articles: rules.cite(articles, lastSeen) });
  };
  const look = (post: PostInput, lastSeen: Date | undefined, alone: boolean): ReturnType<Screener['inspect']> => {
    const read = rules.read(post);
    if (isNotice(read)) return { result: withCut(read, resultOf(post.id ?? null, [])), facts: null };
    const facts = factsOf(read, alone);
    const fake = facts.length > 0 ? falsePosting(facts, lastSeen) : null;
    const ruled = [...rules.match(post, { asOf: lastSeen, read }), ...(fake ? [fake] : []), ...formatFindings(read, rules, lastSeen)];
    const findings = dedupe([...ruled, ...added(model, read, ruled).map((f) => underLaw(rules, f, lastSeen))]);
    return { result: withCut(read, resultOf(post.id ?? null, findings)), facts };
  };
  return {
    version: `rules@${rules.version}${model ? `+${model.id}` : ''}`,
    screen: (post, lastSeen = asOf) => look(post, lastSeen, true).result,
    inspect: (post, lastSeen = asOf) => look(post, lastSeen, false),
    falsePosting,
  };
}

/** Whoever gets a result is told that a text was too long to be read to its end. */
function withCut({ fields }: ReadPost, result: ScreenResult): ScreenResult {
  const cut = fields.filter(({ read }) => read.cut).map(({ field }) => field);
  return cut.length === 0 ? result : { ...result, cut };
}

/** The line of a post from its findings. */
export function resultOf(id: string | null, findings: Finding[]): ScreenResult {
  const counted = findings.filter((f) => !f.exempt);
  return { id, score: postScore(counted), level: strongestLevel(counted.map((f) => f.level)), findings };
}
