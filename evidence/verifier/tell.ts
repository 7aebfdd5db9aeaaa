/** A report in words, Chinese first. */
import { SEAL_STATE_ZH } from '../../core/model/seal-state.ts';
import { printable } from './fault.ts';
import type { Origin } from './origin.ts';
import type { PackageReport } from './verify-package.ts';

const ORIGIN_ZH: Record<Origin, string> = {
  'digest+key': '与另行取得的整包摘要和机关公钥相符',
  digest: '与另行取得的整包摘要相符',
  key: '与另行取得的机关公钥相符',
  'not proven': '未经证明',
};

/** What is to be compared with the authority's own word, and what this check did not prove. */
function originLines({ origin, notProven, sha256, roots }: PackageReport): string[] {
  const [head, tail] = [roots.slice(0, MAX_ROOTS), roots.length - MAX_ROOTS];
  return [
    `来源 origin：${ORIGIN_ZH[origin]} (${origin})`,
    `  整包 package SHA-256 ${sha256}`,
    ...head.map((root) => `  日根 root ${root.no}（${root.date}） SHA-256 ${root.sha256}`),
    ...(tail > 0 ? [`  另有 ${tail} 个日根 more roots: --json`] : []),
    ...(roots.length === 0 ? ['  没有日根 no root'] : []),
    ...notProven.flatMap(({ zh, en }) => [`未证明 NOT PROVEN：${zh}`, `  ${en}`]),
  ];
}

const MAX_ROOTS = 20;

const unseen = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A report as JSON that may be shown on a terminal: signs that steer one are written as escapes. */
export const jsonReport = (report: PackageReport): string => `${JSON.stringify(report, null, 2).replace(/[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, unseen)}\n`;

/** Lines for a terminal; words from the package are cut and freed of control characters. */
export function tellReport(report: PackageReport): string {
  const { parts, captures, revisits, rows, proven, custody } = report.checked;
  const lines = [
    `已核对 checked：部件 parts ${parts}，存证件 captures ${captures}，未变化应答 revisits ${revisits}，存证链 ledger rows ${rows}（其中 ${proven} 行有日根证明 proven），经手记录 custody ${custody}`,
    `状态 state：${SEAL_STATE_ZH[report.state]} (${report.state})`,
    ...report.keys.map((key) => `  签名公钥指纹 key fingerprint SHA-256 ${key}`),
    ...report.times.map((time) => `  时间戳 time-stamped ${time}`),
  ];
  if (!report.sm3) lines.push('注意 note：本机 Node 不能计算 SM3，只核对了 SHA-256 (this Node has no SM3; SHA-256 only)');
  if (report.first) {
    const { part, offset, record, zh, en } = report.first;
    const where = [printable(part), ...(offset === undefined ? [] : [`@${offset}`]), ...(record === undefined ? [] : [`(${printable(record)})`])].join(' ');
    lines.push(`首个问题 first fault：${where}`, `  ${printable(zh)}`, `  ${printable(en)}`);
  } else lines.push(...originLines(report), '全部完好 everything holds');
  return `${lines.join('\n')}\n`;
}
