/** Commands on evidence packages: `evidence export`, and `evidence verify --package`, which needs no store. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../../core/clock.ts';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import type { Actor } from '../../core/model/role.ts';
import { SEAL_STATE_ZH } from '../../core/model/seal-state.ts';
import { readAnchors } from '../../crawlers/fetch/timestamp-service.ts';
import { jsonReport, tellReport } from '../../evidence/verifier/tell.ts';
import { verifyPackage } from '../../evidence/verifier/verify-package.ts';
import { exportCase } from '../export-case.ts';
import { rootMakers } from '../roots.ts';
import { type Run, tell, withStore } from './run.ts';

const COMMAND_LINE: Actor = { id: 'command-line', name: '命令行', kind: 'service', roles: [] };

const readKey = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(error) }, error);
  }
};

/** Checks one package with the code of the single-file verifier. @returns the exit code */
export async function verifyPackageFile(file: string, options: { json: boolean; rootKey?: string; tsaCa?: string; sha256?: string }): Promise<number> {
  const report = await verifyPackage(file, {
    ...(options.rootKey === undefined ? {} : { rootKey: readKey(options.rootKey) }),
    ...(options.tsaCa === undefined ? {} : { tsaCa: readAnchors(options.tsaCa) }),
    ...(options.sha256 === undefined ? {} : { sha256: options.sha256 }),
  }).catch((error: unknown) => {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(error) }, error);
  });
  process.stdout.write(options.json ? jsonReport(report) : tellReport(report));
  return report.ok ? 0 : 1;
}

const exportOne = (wanted: string, out: string | undefined, asJson: boolean): Promise<number> =>
  withStore(async (store) => {
    const file = path.resolve(out ?? `${wanted.replace(/[^A-Za-z0-9-]/g, '_')}.wacz`);
    if (existsSync(file)) throw new PinchaError('INPUT_INVALID', { field: '--out', reason: `${file} 已存在` });
    const receipt = await exportCase({ ...store, clock: systemClock, makers: rootMakers(store, systemClock) }, wanted, file, COMMAND_LINE);
    if (asJson) tell(JSON.stringify(receipt, null, 2));
    else {
      tell(`${receipt.caseNumber} → ${receipt.file}`);
      tell(`存证件 ${receipt.captures} 件，${receipt.bytes} 字节；状态：${SEAL_STATE_ZH[receipt.state]}；已记入存证链第 ${receipt.ledgerSeq} 条与操作日志`);
      tell(`整包 SHA-256 ${receipt.sha256}`);
      tell(`整包 SM3     ${receipt.sm3}`);
      tell('请以文件之外的途径将整包 SHA-256 告知收件方：包内摘要不能证明来源 / give the digest to the recipient by another way than the file');
    }
    return 0;
  });

export function packageCommands(evidence: Command, run: Run): void {
  evidence
    .command('export <case>')
    .description('导出一个案件的证据包（WACZ） / export the evidence package of a case, by number or id')
    .option('--out <file>', '写入此文件 / write here')
    .option('--json')
    .action((wanted: string, options: { out?: string; json?: boolean }) => run(() => exportOne(wanted, options.out, options.json === true)));
}
