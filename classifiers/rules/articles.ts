/**
 * Finds the version of an article that was in force on a day, and turns it into what a finding cites.
 * A copy nobody signed off is cited as unverified, always.
 */
import { PinchaError } from '../../core/errors.ts';
import type { ArticleRef } from '../../core/model/finding.ts';
import type { Statute, StatuteArticle } from './schema.ts';

export interface Article extends StatuteArticle {
  readonly instrument: string;
  readonly version: string;
  readonly inForceFrom: string;
  readonly inForceTo: string | null;
}
export interface LawIndex {
  readonly articles: ReadonlyMap<string, Article>;
  /** The articles in force on `date` (YYYY-MM-DD) for these ids, earlier or later versions followed; those not in force are left out. */
  cite(ids: readonly string[], date: string): ArticleRef[];
}

/** @throws RULES_INVALID when two articles share an id or `replaces` names none */
export function indexLaw(statutes: readonly Statute[]): LawIndex {
  const articles = new Map<string, Article>();
  const successor = new Map<string, string>();
  for (const { articles: rows, instrument, version, inForceFrom, inForceTo } of statutes) {
    for (const row of rows) {
      if (articles.has(row.id)) throw new PinchaError('RULES_INVALID', { place: `law/statutes ${row.id}`, reason: '条文编号重复' });
      articles.set(row.id, { ...row, instrument, version, inForceFrom, inForceTo });
      if (row.replaces) successor.set(row.replaces, row.id);
    }
  }
  for (const [earlier, later] of successor) {
    if (!articles.has(earlier)) throw new PinchaError('RULES_INVALID', { place: `law/statutes ${later}`, reason: `replaces 指向不存在的条文 ${earlier}` });
  }
  const inForce = (id: string, date: string): Article | undefined => {
    let article = articles.get(id);
    for (let step = 0; article && step < 20; step += 1) {
      if (date < article.inForceFrom) article = article.replaces ? articles.get(article.replaces) : undefined;
      else if (article.inForceTo && date > article.inForceTo) article = articles.get(successor.get(article.id) ?? '');
      else return article;
    }
    return undefined;
  };
  const refs = new Map<string, ArticleRef>();
  const ref = (article: Article): ArticleRef => {
    const known = refs.get(article.id);
    if (known) return known;
    const { id, instrument, version } = article;
    const verified = article.inForceCheckedOn !== null && article.checkedBy !== null && article.textSeen;
    const made = { id, instrument, article: article.article, version, verified };
    refs.set(id, made);
    return made;
  };
  return { articles, cite: (ids, date) => ids.flatMap((id) => inForce(id, date) ?? []).map(ref) };
}
