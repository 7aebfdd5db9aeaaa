/** A report in words, Chinese first. */
import { printable } from './fault.ts';
import type { Standing } from './roots.ts';
import type { PackageReport } from './verify-package.ts';

export const STANDING_ZH: Record<Standing, string> = { 'signed+timestamped': '已签名并加盖时间戳', signed: '已签名', unsigned: '未签名' };

/** Lines for a terminal; words from the package are cut and freed of control characters. */
export function tellReport(report: PackageReport): string {
  const { parts, captures, rows, proven, custody } = report.checked;
  const lines = [
    `已核对 checked：部件 parts ${parts}，存证件 captures ${captures}，存证链 ledger rows ${rows}（其中 ${proven} 行有日根证明 proven），经手记录 custody ${custody}`,
    `状态 state：${STANDING_ZH[report.state]} (${report.state})`,
    ...report.keys.map((key) => `  签名公钥指纹 key fingerprint SHA-256 ${key}`),
    ...report.times.map((time) => `  时间戳 time-stamped ${time}`),
  ];
  if (!report.sm3) lines.push('注意 note：本机 Node 不能计算 SM3，只核对了 SHA-256 (this Node has no SM3; SHA-256 only)');
  if (report.first) {
    const { part, offset, record, zh, en } = report.first;
    const where = [printable(part), ...(offset === undefined ? [] : [`@${offset}`]), ...(record === undefined ? [] : [`(${printable(record)})`])].join(' ');
    lines.push(`首个问题 first fault：${where}`, `  ${printable(zh)}`, `  ${printable(en)}`);
  } else lines.push('全部完好 everything holds');
  return `${lines.join('\n')}\n`;
}
