/**
 * From a case and its confirmed findings to the machine-readable notice. The human document is made from the same
 * data. Only what a person confirmed enters; wording stays 疑似; telephone numbers are masked, so personal data of
 * job seekers never reaches a platform.
 */
import { MEASURE_ZH } from '../../core/model/case.ts';
import type { CaseFacts, FindingFacts, FrozenProposal } from '../../core/model/facts.ts';
import type { NoticeBody } from '../../core/model/notice.ts';
import { TAXONOMY } from '../../core/model/taxonomy.ts';
import { maskText } from '../review/mask.ts';

/** The authority that issues, and its terms. */
export interface Office {
  readonly issuer: string;
  readonly contact: string;
  readonly demo: boolean;
  /** Working days to acknowledge and to act. */
  readonly ackDays: number;
  readonly actDays: number;
  /** Makes the id of a new notice. */
  readonly newId: () => string;
}

const MAX_ITEMS = 200;
const MAX_QUOTE = 500;
const DAY_MS = 86_400_000;

/** 疑似 stands before every kind until it already says so. */
export const suspected = (kind: FindingFacts['kind']): string => {
  const { zh } = TAXONOMY[kind];
  return zh.startsWith('疑似') ? zh : `疑似${zh}`;
};

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text);

function factsOf(facts: CaseFacts, proposal: FrozenProposal, findings: readonly FindingFacts[]): string {
  const { account } = facts;
  const kinds = [...new Set(findings.map((f) => suspected(f.kind)))].join('、');
  const subject = account.subjectName ? `，认证主体为${account.subjectName}` : '';
  const opening = `账号“${account.name}”（平台账号 ${account.externalId}${subject}）经巡查存证并由两名工作人员先后审核，存在下列情形：${kinds}。`;
  return cut(maskText(`${opening}\n${proposal.reason.trim()}`), 5_000);
}

const seal = (findings: readonly FindingFacts[]): NoticeBody['evidence'] => {
  const captures = new Map(findings.flatMap((f) => (f.capture ? [[f.capture.id, f.capture] as const] : [])));
  return [...captures.values()].slice(0, MAX_ITEMS).map((c) => ({ captureId: c.id, sha256: c.sha256, capturedAt: c.at.toISOString(), seal: c.seal }));
};

/**
 * Composes the body of one notice.
 * @param findings the confirmed findings the proposal froze
 * @param due ends of the terms to acknowledge and to act
 */
export function composeNotice(
  facts: CaseFacts,
  proposal: FrozenProposal,
  findings: readonly FindingFacts[],
  office: Office,
  issue: { id: string; number: string; supersedes: string | null; now: Date; ackDue: Date; actDue: Date },
): NoticeBody {
  const until = proposal.days === null ? null : new Date(issue.now.getTime() + proposal.days * DAY_MS).toISOString();
  return {
    schemaVersion: '1',
    noticeId: issue.id,
    number: issue.number,
    issuer: office.issuer,
    demo: office.demo,
    platform: facts.account.platform,
    supersedes: issue.supersedes,
    target: { type: 'account', platformAccountId: facts.account.externalId, url: facts.account.url, nameAtCapture: facts.account.name },
    measure: proposal.measure,
    effectiveFrom: issue.now.toISOString(),
    until,
    facts: factsOf(facts, proposal, findings),
    findings: findings.slice(0, MAX_ITEMS).map((f) => ({
      kind: f.kind,
      kindZh: suspected(f.kind),
      postUrl: f.postUrl,
      quote: f.quote === null ? null : cut(maskText(f.quote), MAX_QUOTE),
      legalBasis: [...f.articles],
      detection: f.source,
      automated: 'partly' as const,
    })),
    evidence: seal(findings),
    redress: `平台或账号主体对本通知（${MEASURE_ZH[proposal.measure]}）有异议的，可向本机关书面提出并附相关材料；本机关将由未参与本案的人员办理。`,
    ackDue: issue.ackDue.toISOString(),
    actDue: issue.actDue.toISOString(),
    contact: office.contact,
  };
}
