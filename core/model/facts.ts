/**
 * What the workflow must know before it decides: the facts of a case and of a notice, read and row-locked by
 * `db/repositories/{case,notice}.ts` and judged by `cases/`. Plain data, so that every decision can be replayed.
 */
import type { CaseState, Measure, NoticeState, Verdict } from './case.ts';
import type { CaseChange } from './effects.ts';
import type { ArticleRef } from './finding.ts';
import type { NoticeBody, Receipt } from './notice.ts';
import type { SubjectType } from './post.ts';
import type { SealState } from './seal-state.ts';
import type { FindingKind, Level } from './taxonomy.ts';

/** A proposal as it was frozen: what the approver sees is what was hashed. */
export type FrozenProposal = NonNullable<CaseChange['set']['proposal']>;

export interface FindingFacts {
  readonly id: string;
  readonly kind: FindingKind;
  readonly level: Level;
  readonly source: 'rule' | 'model' | 'licence' | 'network' | 'format';
  readonly state: 'open' | 'confirmed' | 'rejected' | 'superseded';
  readonly decidedBy: string | null;
  /** Null for findings about the account itself. */
  readonly postId: string | null;
  readonly postUrl: string | null;
  readonly quote: string | null;
  readonly start: number | null;
  readonly end: number | null;
  readonly why: string;
  readonly articles: readonly ArticleRef[];
  /** Equal for findings that say the same of reposts of one text; null where nothing can be alike. */
  readonly alike: string | null;
  /** The sealed look that shows it; null means it cannot be proven yet. */
  readonly capture: {
    readonly id: string;
    readonly sha256: string;
    readonly at: Date;
    /** How far it is vouched for now, and by which root; null while no root covers it. */
    readonly seal: { readonly state: SealState; readonly root: number | null };
  } | null;
}

export interface CaseFacts {
  readonly id: string;
  readonly number: string;
  readonly state: CaseState;
  readonly version: number;
  readonly claimedBy: { readonly id: string; readonly name: string } | null;
  readonly leaseUntil: Date | null;
  readonly proposal: FrozenProposal | null;
  /** Everyone who ever confirmed a finding in this case or proposed a measure on it, undone or not. */
  readonly handledBy: readonly string[];
  readonly account: {
    readonly id: string;
    readonly platform: string;
    readonly externalId: string;
    readonly name: string;
    readonly url: string | null;
    readonly subjectName: string | null;
    readonly subjectType: SubjectType;
  };
  readonly platformName: string;
  readonly findings: readonly FindingFacts[];
  readonly notices: readonly {
    readonly id: string;
    readonly number: string;
    readonly state: NoticeState;
    readonly measure: Measure;
    readonly version: number;
  }[];
}

export interface NoticeFacts {
  readonly id: string;
  readonly number: string;
  readonly state: NoticeState;
  readonly version: number;
  readonly platform: string;
  readonly accountId: string;
  readonly measure: Measure;
  readonly body: NoticeBody;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly sentAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly actedAt: Date | null;
  readonly case: {
    readonly id: string;
    readonly number: string;
    readonly state: CaseState;
    readonly version: number;
    readonly proposerId: string | null;
    /** Other notices of the case that somebody still expects something of. */
    readonly otherLive: number;
  };
  readonly receipts: readonly { readonly kind: Receipt['kind']; readonly bodySha256: string; readonly messageId: string; readonly receivedAt: Date }[];
  /** Verdict of every probe since the platform last answered, oldest first. */
  readonly probes: readonly Verdict[];
}
