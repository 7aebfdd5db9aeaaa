/** Made-up notices in every state, for the desk before a server with made-up answers. */
import type { NoticeRow, NoticeView } from '../../core/model/api.ts';
import { APPROVER, account, ago, SHA, uuid } from './desk-fixtures.ts';

export function noticeRow(i: number, over: Partial<NoticeRow> = {}): NoticeRow {
  const of = account(i);
  return {
    id: uuid(),
    number: `演示人社处通〔2026〕${41 + i}号`,
    caseId: uuid(),
    caseNumber: `HR-2026-${String(260 + i).padStart(4, '0')}`,
    platform: of.platform,
    account: { id: of.id, name: of.name },
    measure: 'suspend_service',
    state: 'delivered',
    ackDue: ago(-60 * 20),
    actDue: ago(-60 * 68),
    overdue: null,
    sentAt: ago(600),
    deliveredAt: ago(598),
    acknowledgedAt: null,
    actedAt: null,
    verifiedAt: null,
    verdict: null,
    attempts: 1,
    nextAttemptAt: null,
    lastError: null,
    platformReference: null,
    createdAt: ago(640 + i),
    ...over,
  };
}

export const noticeRows = (): NoticeRow[] => [
  noticeRow(0, { state: 'verification_failed', acknowledgedAt: ago(500), actedAt: ago(300), verdict: 'still_live', platformReference: 'SBX-7781' }),
  noticeRow(1, { state: 'undeliverable', deliveredAt: null, attempts: 8, lastError: '平台未应答 (503)', overdue: 'ack' }),
  noticeRow(2, { state: 'sending', deliveredAt: null, attempts: 2, lastError: '连接超时', nextAttemptAt: ago(-30) }),
  noticeRow(3, { state: 'delivered', overdue: 'ack', ackDue: ago(60) }),
  noticeRow(4, { state: 'delivered' }),
  noticeRow(5, { state: 'acknowledged', acknowledgedAt: ago(200), platformReference: 'SBX-7790' }),
  noticeRow(6, { state: 'acted', acknowledgedAt: ago(200), actedAt: ago(100), verdict: 'unreachable' }),
  noticeRow(7, { state: 'verified', acknowledgedAt: ago(900), actedAt: ago(800), verifiedAt: ago(90), verdict: 'confirmed_off' }),
];

export function noticeView(row: NoticeRow): NoticeView {
  return {
    ...row,
    version: 4,
    bodySha256: SHA,
    body: {
      schemaVersion: '1',
      noticeId: 'n-0001',
      number: row.number,
      issuer: '演示市人力资源和社会保障局',
      demo: true,
      platform: row.platform,
      supersedes: null,
      target: { type: 'account', platformAccountId: 'acc-0', url: null, nameAtCapture: row.account.name },
      measure: row.measure,
      effectiveFrom: ago(640),
      until: ago(-60 * 24 * 30),
      facts: '该账号发布的招聘信息疑似向求职者收取费用。',
      findings: [],
      evidence: [],
      redress: '可在十日内书面提出异议。',
      ackDue: ago(-600),
      actDue: ago(-3000),
      contact: '演示市人社局 000-0000',
    },
    events: [
      { id: uuid(), at: ago(640), actor: APPROVER.name, action: 'approve', from: null, to: 'approved', data: {} },
      { id: uuid(), at: ago(600), actor: '送达服务', action: 'send', from: 'approved', to: 'sending', data: {} },
      { id: uuid(), at: ago(598), actor: '送达服务', action: 'delivered', from: 'sending', to: 'delivered', data: {} },
      { id: uuid(), at: ago(200), actor: row.platform, action: 'acknowledge', from: 'delivered', to: 'acknowledged', data: { reference: 'SBX-7781' } },
    ],
    receipts: [{ id: uuid(), kind: 'acknowledged', reference: 'SBX-7781', reason: null, detail: '已转运营处理', receivedAt: ago(200) }],
    verifications:
      row.actedAt === null
        ? []
        : [
            { id: uuid(), how: 'by_crawl', probe: 1, verdict: 'still_live', detail: '账号主页与最近 3 条招聘信息仍可打开', at: ago(60), captureIds: [uuid()] },
            { id: uuid(), how: 'attested', probe: 2, verdict: 'inconclusive', detail: '平台提交后台截图', at: ago(30), captureIds: [] },
          ],
  };
}
