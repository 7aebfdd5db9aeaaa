/** `pincha retention`: terms, destroying what is due, records of it, and legal holds. */
import type { Command } from 'commander';
import { localMinute, systemClock } from '../../core/clock.ts';
import { PinchaError } from '../../core/errors.ts';
import { RETENTION_RULES, type RetentionRule } from '../../core/model/retention.ts';
import type { Actor } from '../../core/model/role.ts';
import { inTransaction } from '../../db/connect.ts';
import { appendAudit } from '../../db/repositories/audit.ts';
import { caseNamed, liftHold, placeHold, standingHolds } from '../../db/repositories/hold.ts';
import { listDestructions, readTerms, saveTerm } from '../../db/repositories/retention.ts';
import { createDestroyer } from '../../evidence/destroy.ts';
import { runRetention } from '../../queue/retention.ts';
import type { Store } from '../store.ts';
import { type Run, tell, withStore } from './run.ts';

const COMMAND_LINE: Actor = { id: 'command-line', name: '命令行', kind: 'service', roles: [] };
const json = (value: unknown): void => tell(JSON.stringify(value, null, 2));

async function run(store: Store, apply: boolean, asJson: boolean): Promise<number> {
  const context = { db: store.db, clock: systemClock, destroyer: createDestroyer(store.vault) };
  const [report, terms] = [await runRetention(context, apply, COMMAND_LINE), await readTerms(store.db)];
  if (asJson) json(report);
  else {
    for (const { rule, days, counts } of report.rules) {
      const what = terms.find((t) => t.rule === rule)?.zh ?? rule;
      const { posts, records, blobs, accounts, bytes } = counts;
      tell(
        `${rule.padEnd(16)} ${days === null ? '不销毁' : `${days} 日`}  信息 ${posts}、存证件 ${records}、留影与文本 ${blobs}、账号资料 ${accounts}（${bytes} 字节）  ${what}`,
      );
    }
    for (const { captureId, reason } of report.skipped.slice(0, 10)) tell(`未销毁：存证件 ${captureId}（${reason}）`);
    tell(apply ? `已销毁，记录 ${report.records.length} 份` : '以上为到期内容，尚未销毁；加 --apply 执行');
  }
  return report.skipped.length > 0 ? 1 : 0;
}

async function setTerm(store: Store, rule: string, given: string): Promise<number> {
  if (!(RETENTION_RULES as readonly string[]).includes(rule))
    throw new PinchaError('INPUT_INVALID', { field: 'rule', reason: `${rule}；可用：${RETENTION_RULES.join('、')}` });
  const days = given === 'keep' ? null : Number(given);
  if (days !== null && !(Number.isInteger(days) && days >= 30 && days <= 36_500))
    throw new PinchaError('INPUT_INVALID', { field: 'days', reason: `${given}；须为 30 至 36500 的整数，或 keep（不销毁）` });
  await inTransaction(store.db, async (tx) => {
    await saveTerm(tx, rule as RetentionRule, days, COMMAND_LINE, systemClock.now());
    await appendAudit(tx, [{ action: 'retention.term', subjectType: 'retention', subjectId: rule, data: { days } }], COMMAND_LINE, systemClock.now());
  });
  tell(days === null ? `${rule}：不销毁` : `${rule}：${days} 日`);
  return 0;
}

async function hold(store: Store, wanted: string, reason: string, place: boolean): Promise<number> {
  const found = await caseNamed(store.db, wanted);
  if (!found) throw new PinchaError('NOT_FOUND', { what: `案件 ${wanted}` });
  const now = systemClock.now();
  const done = await inTransaction(store.db, async (tx) => {
    const changed = place ? await placeHold(tx, found.id, reason, COMMAND_LINE, now) : await liftHold(tx, found.id, reason, COMMAND_LINE, now);
    const row = { action: place ? 'case.hold' : 'case.hold_lift', subjectType: 'case', subjectId: found.id, data: { reason } };
    if (changed) await appendAudit(tx, [row], COMMAND_LINE, now);
    return changed;
  });
  if (!done) throw new PinchaError('GUARD_FAILED', { reason: place ? '该案已在保全中' : '该案没有保全' });
  tell(place ? `${found.number} 已保全，其账号的内容不会销毁` : `${found.number} 已解除保全`);
  return 0;
}

function holdCommands(retention: Command, command: Run): void {
  for (const [name, words, place] of [
    ['hold', '保全一个案件的全部内容 / hold everything of a case', true],
    ['lift', '解除保全 / lift a hold', false],
  ] as const)
    retention
      .command(`${name} <case>`)
      .description(words)
      .requiredOption('--reason <text>', '理由 / reason')
      .action((wanted: string, { reason }: { reason: string }) => command(() => withStore((store) => hold(store, wanted, reason, place))));
  retention
    .command('holds')
    .description('列出在保全的案件 / cases on hold')
    .action(() =>
      command(async () => {
        for (const { hold: h, number, account } of await withStore((store) => standingHolds(store.db)))
          tell(`${number}  ${account}  ${localMinute(h.at)}  ${h.byName}  ${h.reason}`);
        return 0;
      }),
    );
}

export function retentionCommands(program: Command, command: Run): void {
  const retention = program.command('retention').description('保存期限与销毁 / how long things are kept, and destroying them');
  retention
    .command('run')
    .description('销毁到期内容；不加 --apply 只列出 / destroy what is due; without --apply it is only listed')
    .option('--dry-run', '只列出（默认） / only list, the default')
    .option('--apply', '销毁 / destroy')
    .option('--json')
    .action((options: { dryRun?: boolean; apply?: boolean; json?: boolean }) =>
      command(() => {
        if (options.apply && options.dryRun) throw new PinchaError('INPUT_INVALID', { field: '--apply', reason: '与 --dry-run 只能取其一' });
        return withStore((store) => run(store, options.apply === true, options.json === true));
      }),
    );
  retention
    .command('terms')
    .description('列出期限及其依据 / terms and what they rest on')
    .option('--json')
    .action((options: { json?: boolean }) =>
      command(async () => {
        const terms = await withStore((store) => readTerms(store.db));
        if (options.json) json(terms);
        else
          for (const { rule, days, from, zh, basis } of terms)
            tell(`${rule.padEnd(16)} ${days === null ? '不销毁' : `自${from}起 ${days} 日`}  ${zh}\n${' '.repeat(17)}依据：${basis}`);
        return 0;
      }),
    );
  retention
    .command('set <rule> <days>')
    .description('设定期限（日数，或 keep 不销毁） / set a term in days, or keep')
    .action((rule: string, days: string) => command(() => withStore((store) => setTerm(store, rule, days))));
  retention
    .command('list')
    .description('列出销毁记录 / records of destruction')
    .option('--json')
    .action((options: { json?: boolean }) =>
      command(async () => {
        const records = await withStore((store) => listDestructions(store.db));
        if (options.json) json(records);
        else
          for (const r of records)
            tell(
              `第 ${r.no} 号  ${localMinute(r.at)}  ${r.rule}（${r.days} 日）  信息 ${r.counts.posts}、存证件 ${r.counts.records}  存证链第 ${r.ledgerSeq ?? '?'} 条${r.state === 'planned' ? '  未完成，下次运行继续' : ''}`,
            );
        return 0;
      }),
    );
  holdCommands(retention, command);
}
