/**
 * Which articles stand behind findings that no rule of `law/rules` makes: those about accounts and those of the
 * model. Keys only; text, version and sign-off come from `law/statutes`, passed in by the composition root as
 * `cite`. Rows of the legal table: L01-L09, A1-A14, T03, T06, T07, F01, C08.
 */
import type { ArticleRef } from '../core/model/finding.ts';
import type { FindingKind } from '../core/model/taxonomy.ts';

export const KIND_ARTICLES: Readonly<Partial<Record<FindingKind, readonly string[]>>> = {
  'unlicensed-intermediary': ['hr-market-2018.18.1', 'employment-promotion-2015.40.3', 'order-50.5', 'notice-2026.licence'],
  'unfiled-service': ['hr-market-2018.18.2'],
  'unlicensed-dispatch': ['labour-contract-2012.57.2'],
  'licence-mismatch': ['employment-promotion-2015.41.3', 'notice-2026.licence'],
  'employer-not-registered': ['employment-promotion-2015.41.2'],
  impersonation: ['notice-2026.register', 'account-names-2022.7', 'account-names-2022.8'],
  'posting-for-others': ['notice-2026.classify'],
  'unverified-account': ['notice-2026.unverified'],
  'site-not-registered': ['order-44.9', 'internet-information-2024.4', 'internet-information-2024.12'],
  'qualification-not-shown': ['notice-2026.display', 'order-44.13', 'hr-market-2018.32'],
  'banned-party-returned': ['notice-2026.no-return'],
  'unsourced-repost': ['notice-2026.source'],
  'training-loan': ['notice-2026.training-loan', 'hr-market-2018.27'],
  'exaggerated-pay': ['notice-2026.no-gimmick'],
  'fraud-lead': ['telecom-fraud-2022.25'],
  'traffic-diversion': ['notice-2026.diversion'],
  'acts-as-intermediary': ['hr-market-2018.18.1', 'order-50.5'],
  'unlawful-terms': ['hr-market-2018.24.1'],
  'gender-restriction': ['women-2022.43.1', 'employment-promotion-2015.27.2', 'hr-market-2018.24.1'],
  'marital-fertility': ['women-2022.43.4', 'employment-promotion-2015.27.3'],
  'ethnicity-religion': ['hr-market-2018.24.1', 'employment-promotion-2015.28', 'labour-law-2018.12'],
  'health-disability': ['hr-market-2018.24.1', 'disabled-2018.38.2', 'employment-promotion-2015.29.3'],
  'origin-restriction': ['hr-market-2018.11', 'notice-2026.origin'],
  'age-limit': ['employment-promotion-2015.26'],
  'school-type': ['campus-recruitment.ban', 'employment-promotion-2015.26'],
  appearance: ['employment-promotion-2015.26'],
  'charging-jobseekers': ['labour-contract-2012.9'],
  underage: ['child-labour-2002.2', 'minors-2024.61.1', 'labour-law-2018.15'],
};

/** Articles in force for these keys; `LawIndex.cite` with the day filled in. */
export type Cite = (ids: readonly string[]) => ArticleRef[];

/** The articles of a kind; none when no law was passed in. */
export const articlesOf = (kind: FindingKind, cite: Cite | undefined): ArticleRef[] => cite?.(KIND_ARTICLES[kind] ?? []) ?? [];
