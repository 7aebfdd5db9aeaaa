/**
 * What a workflow decision changes, as data. `cases/` computes effects purely; `db/repositories/effects.ts`
 * applies them in one transaction together with their events, outbox rows and audit entries, so nothing can be
 * decided without being recorded.
 */

import type { Topic, TopicPayload } from '../events.ts';
import type { CaseOutcome, CaseState, Measure, NoticeState, RejectReason, Verdict } from './case.ts';
import type { NoticeBody } from './notice.ts';

export interface CaseChange {
  readonly caseId: string;
  /** The version the decision was made on; a different stored one is STALE. */
  readonly expectedVersion: number;
  readonly action: string;
  readonly from: CaseState;
  readonly to: CaseState;
  readonly set: {
    readonly claimedBy?: string | null;
    readonly leaseUntil?: Date | null;
    readonly waitReason?: string | null;
    readonly waitUntil?: Date | null;
    readonly proposal?: {
      measure: Measure;
      days: number | null;
      reason: string;
      findingIds: string[];
      by: string;
      byName: string;
      at: string;
      sha256: string;
    } | null;
    readonly outcome?: CaseOutcome | null;
    readonly outcomeReason?: string | null;
    readonly closedAt?: Date | null;
  };
  readonly data: Record<string, unknown>;
}

export interface FindingChange {
  readonly findingId: string;
  readonly to: 'open' | 'confirmed' | 'rejected';
  readonly rejectReason: RejectReason | null;
}

export interface NewNotice {
  readonly id: string;
  readonly number: string;
  readonly caseId: string;
  readonly accountId: string;
  readonly platform: string;
  readonly measure: Measure;
  readonly body: NoticeBody;
  readonly bodySha256: string;
  readonly ackDue: Date;
  readonly actDue: Date;
}

export interface NoticeChange {
  readonly noticeId: string;
  readonly expectedVersion: number;
  readonly action: string;
  readonly from: NoticeState;
  readonly to: NoticeState;
  readonly set: {
    readonly attempts?: number;
    readonly nextAttemptAt?: Date | null;
    readonly lastError?: string | null;
    readonly sentAt?: Date;
    readonly deliveredAt?: Date;
    readonly acknowledgedAt?: Date;
    readonly actedAt?: Date;
    readonly verifiedAt?: Date;
    readonly platformReference?: string | null;
    readonly refusalReason?: string | null;
    readonly verdict?: Verdict;
  };
  readonly data: Record<string, unknown>;
}

export type OutboxRow = {
  [T in Topic]: { readonly topic: T; readonly payload: TopicPayload<T>; readonly notBefore?: Date };
}[Topic];

export interface AccountChange {
  readonly accountId: string;
  readonly status?: 'active' | 'suspended' | 'gone' | 'unknown';
  readonly statusReason?: string | null;
  readonly banned?: boolean;
}

/** Everything one decision changes; applied all or nothing. */
export interface Effects {
  readonly cases?: readonly CaseChange[];
  readonly findings?: readonly FindingChange[];
  readonly newNotices?: readonly NewNotice[];
  readonly notices?: readonly NoticeChange[];
  readonly accounts?: readonly AccountChange[];
  readonly outbox?: readonly OutboxRow[];
  /** Extra audit rows beside the ones every change writes by itself. */
  readonly audit?: readonly { action: string; subjectType: string; subjectId: string; data: Record<string, unknown> }[];
}
