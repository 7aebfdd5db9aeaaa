/** Notices as the API shows them: the board row, and the notice page. */
import { overdueOf } from '../../cases/workflow/deadlines.ts';
import type { NoticeRow, NoticeView } from '../../core/model/api.ts';
import type { NoticeDetail, NoticeRecord } from '../../db/repositories/read-notice.ts';
import { eventView, iso } from './account.ts';

export function noticeRow({ n, caseNumber, accountName }: NoticeRecord, now: Date): NoticeRow {
  return {
    id: n.id,
    number: n.number,
    caseId: n.caseId,
    caseNumber,
    platform: n.platform,
    account: { id: n.accountId, name: accountName },
    measure: n.measure,
    state: n.state,
    ackDue: iso(n.ackDue),
    actDue: iso(n.actDue),
    overdue: overdueOf(n, now),
    sentAt: iso(n.sentAt),
    deliveredAt: iso(n.deliveredAt),
    acknowledgedAt: iso(n.acknowledgedAt),
    actedAt: iso(n.actedAt),
    verifiedAt: iso(n.verifiedAt),
    verdict: n.verdict,
    attempts: n.attempts,
    nextAttemptAt: iso(n.nextAttemptAt),
    lastError: n.lastError,
    platformReference: n.platformReference,
    createdAt: n.createdAt.toISOString(),
  };
}

export function noticeView(detail: NoticeDetail, now: Date): NoticeView {
  const { n } = detail;
  return {
    ...noticeRow(detail, now),
    body: n.body,
    bodySha256: n.bodySha256,
    version: n.version,
    events: detail.events.map(eventView),
    receipts: detail.receipts.map((r) => ({
      id: r.id,
      kind: r.kind,
      reference: r.body.reference ?? null,
      reason: r.body.reason ?? null,
      detail: r.body.detail ?? null,
      receivedAt: r.receivedAt.toISOString(),
    })),
    verifications: detail.verifications.map(({ id, how, probe, verdict, detail: words, at, captureIds }) => ({
      id,
      how,
      probe,
      verdict,
      detail: words,
      at: at.toISOString(),
      captureIds,
    })),
  };
}
