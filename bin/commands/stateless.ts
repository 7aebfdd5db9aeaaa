/** Commands that need no store: `screen`, `parse`, `rules test|explain`. */
import { type Command, InvalidArgumentError } from 'commander';
import { runRuleExamples } from '../../classifiers/rules/examples.ts';
import { loadRules } from '../law.ts';
import { screenFile } from '../screen-file.ts';
import { parseCommand } from './parse.ts';
import { ruleCommands } from './rules.ts';
import type { Run } from './run.ts';

/** A whole number within bounds, or a clear refusal. */
const wholeNumber =
  (least: number, most: number) =>
  (given: string): number => {
    const n = Number(given);
    if (!Number.isInteger(n) || n < least || n > most)
      throw new InvalidArgumentError(`须为 ${least} 至 ${most} 的整数 / a whole number from ${least} to ${most}`);
    return n;
  };

async function screen(file: string | undefined, options: { workers?: number; rejects?: string }): Promise<number> {
  const fromInput = file === undefined || file === '-';
  const rejects = options.rejects ?? (fromInput ? undefined : `${file}.rejects.jsonl`);
  await screenFile({
    input: fromInput ? process.stdin : file,
    output: process.stdout,
    progress: process.stderr,
    ...(options.workers ? { workers: options.workers } : {}),
    ...(rejects ? { rejects } : {}),
  });
  return 0;
}

async function testRules(options: { json?: boolean }): Promise<number> {
  const results = runRuleExamples(loadRules());
  const wrong = results.filter((r) => r.expected !== r.got);
  if (options.json) process.stdout.write(`${JSON.stringify({ examples: results.length, wrong })}\n`);
  else {
    for (const r of wrong) process.stdout.write(`✗ ${r.rule}  ${JSON.stringify(r)}\n`);
    process.stdout.write(`规则示例 ${results.length} 条，${wrong.length === 0 ? '全部符合' : `${wrong.length} 条不符`}\n`);
  }
  return wrong.length === 0 ? 0 : 1;
}

export function statelessCommands(program: Command, run: Run): void {
  program
    .command('screen')
    .description('筛查招聘信息：每行一条 JSON，按序输出结果 / screen posts, one JSON a line, results in order')
    .argument('[file]', 'JSONL 文件；- 或省略为标准输入 / JSONL file, - for standard input')
    .option('--workers <n>', '线程数 / threads', wholeNumber(1, 64))
    .option('--rejects <file>', '未能读取的行写入此文件 / unreadable lines go here')
    .action((file: string | undefined, options) => run(() => screen(file, options)));
  parseCommand(program, run);
  const rules = program.command('rules').description('规则包 / rule packs');
  rules
    .command('test')
    .description('跑全部规则示例 / run every example of every rule')
    .option('--json')
    .action((options) => run(() => testRules(options)));
  ruleCommands(rules, run);
}
