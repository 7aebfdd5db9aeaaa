/**
 * Finds the version of an article that governed a stretch of conduct, and turns it into what a finding cites. Conduct is
 * judged by the law in force when it ended, as far as captures show (从旧); when another version is in force today it is
 * named beside it, with whether it is lighter as far as the data tell (从轻: 行政处罚法第三十七条), for people to decide.
 * A copy nobody signed off is cited as unverified, always.
 */
import { PinchaError } from '../../core/errors.ts';
import type { ArticleRef } from '../../core/model/finding.ts';
import type { SanctionStep, Statute, StatuteArticle } from './schema.ts';

export interface Article extends StatuteArticle {
  readonly instrument: string;
  readonly rank: Statute['rank'];
  readonly region: string | undefined;
  readonly version: string;
  readonly inForceFrom: string;
  readonly inForceTo: string | null;
  readonly source: string;
}
/** Calendar days (YYYY-MM-DD in China): the last the conduct was seen on, and the one the question is asked on. */
export interface LawDays {
  readonly until: string;
  readonly today: string;
}
export interface LawIndex {
  readonly articles: ReadonlyMap<string, Article>;
  /** What governed on `until` for these ids, earlier or later versions followed; those not in force then are left out. */
  cite(ids: readonly string[], days: LawDays): ArticleRef[];
  /** What may follow when an article is broken: its own steps and those of the articles that sanction it. */
  sanctionsOf(id: string): { readonly article: Article; readonly steps: readonly SanctionStep[] }[];
}

const invalid = (id: string, reason: string): PinchaError => new PinchaError('RULES_INVALID', { place: `law/statutes ${id}`, reason });

/** All articles by id. @throws RULES_INVALID when two share one, or one points at none */
function collect(statutes: readonly Statute[]): { articles: Map<string, Article>; successor: Map<string, string> } {
  const articles = new Map<string, Article>();
  const successor = new Map<string, string>();
  for (const { articles: rows, instrument, rank, region, version, inForceFrom, inForceTo, source } of statutes) {
    for (const row of rows) {
      if (articles.has(row.id)) throw invalid(row.id, '条文编号重复');
      articles.set(row.id, { ...row, instrument, rank, region, version, inForceFrom, inForceTo, source });
      if (row.replaces) successor.set(row.replaces, row.id);
    }
  }
  for (const article of articles.values()) {
    const before = article.replaces === undefined ? undefined : articles.get(article.replaces);
    if (article.replaces && !before) throw invalid(article.id, `replaces 指向不存在的条文 ${article.replaces}`);
    if (before && (before.inForceTo === null || before.inForceTo >= article.inForceFrom)) throw invalid(article.id, `与所替代的 ${before.id} 施行期间重叠`);
    const missing = article.sanctionedBy?.find((id) => !articles.has(id));
    if (missing) throw invalid(article.id, `sanctionedBy 指向不存在的条文 ${missing}`);
  }
  return { articles, successor };
}

/** The heaviest fine among steps of one measure of counting; null when counted otherwise, 0 when there is none. */
function heaviest(steps: readonly SanctionStep[]): { per: string; most: number } | null {
  const fines = steps.flatMap((s) => (s.do === 'fine' && s.fine ? [s.fine] : []));
  const [first] = fines;
  if (!first) return { per: 'none', most: 0 };
  if (fines.some((f) => f.per !== first.per || f.max === null)) return null;
  return { per: first.per, most: Math.max(...fines.map((f) => f.max ?? 0)) };
}

/** Whether the later sanctions are lighter; null when the data do not tell. */
function isLighter(earlier: readonly SanctionStep[], later: readonly SanctionStep[]): boolean | null {
  if (earlier.length === 0 || later.length === 0) return null;
  const [a, b] = [heaviest(earlier), heaviest(later)];
  if (!a || !b || (a.per !== b.per && a.per !== 'none' && b.per !== 'none')) return null;
  if (a.most !== b.most) return b.most < a.most;
  const bare = (steps: readonly SanctionStep[]): boolean => steps.some((s) => s.do === 'fine' && !s.when && !s.may);
  return bare(earlier) && !bare(later) ? true : JSON.stringify(earlier) === JSON.stringify(later) ? false : null;
}

/** @throws RULES_INVALID when two articles share an id, overlap, or point at none */
export function indexLaw(statutes: readonly Statute[]): LawIndex {
  const { articles, successor } = collect(statutes);
  const inForce = (id: string, date: string): Article | undefined => {
    let article = articles.get(id);
    for (let step = 0; article && step < 20; step += 1) {
      if (date < article.inForceFrom) article = article.replaces ? articles.get(article.replaces) : undefined;
      else if (article.inForceTo && date > article.inForceTo) article = articles.get(successor.get(article.id) ?? '');
      else return article;
    }
    return undefined;
  };
  const sanctionsOf = (id: string): { article: Article; steps: readonly SanctionStep[] }[] => {
    const article = articles.get(id);
    if (!article) return [];
    return [article, ...(article.sanctionedBy ?? []).flatMap((by) => articles.get(by) ?? [])].flatMap((a) =>
      a.sanctions ? [{ article: a, steps: a.sanctions }] : [],
    );
  };
  const stepsOf = (id: string): SanctionStep[] => sanctionsOf(id).flatMap((s) => s.steps);
  const refs = new Map<string, ArticleRef>();
  const remember = (key: string, make: () => ArticleRef): ArticleRef => {
    const known = refs.get(key);
    if (known) return known;
    const made = make();
    refs.set(key, made);
    return made;
  };
  const ref = (article: Article): ArticleRef =>
    remember(article.id, () => {
      const { id, instrument, version } = article;
      const verified = article.inForceCheckedOn !== null && article.checkedBy !== null && article.textSeen;
      return { id, instrument, article: article.article, version, verified };
    });
  const withLater = (article: Article, now: Article | undefined): ArticleRef =>
    remember(`${article.id}>${now?.id ?? ''}`, () => ({
      ...ref(article),
      later: now
        ? { id: now.id, article: now.article, version: now.version, inForceFrom: now.inForceFrom, lighter: isLighter(stepsOf(article.id), stepsOf(now.id)) }
        : { id: null, article: article.article, version: article.inForceTo ?? '', inForceFrom: article.inForceTo ?? '', lighter: true },
    }));
  const citeOne = (id: string, { until, today }: LawDays): ArticleRef[] => {
    const article = inForce(id, until);
    if (!article) return [];
    if (today <= until) return [ref(article)];
    const now = inForce(article.id, today);
    return [now === article ? ref(article) : withLater(article, now)];
  };
  return { articles, cite: (ids, days) => ids.flatMap((id) => citeOne(id, days)), sanctionsOf };
}
