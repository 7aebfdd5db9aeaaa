/** Commands about the model: `model train` writes a file from labels, `model evaluate` measures rules, model and rivals out of fold, `model card` writes the card. */
import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { LabelledPost } from '../../classifiers/model/dataset.ts';
import { type Evaluation, evaluate, type OutOfFold } from '../../classifiers/model/evaluate.ts';
import { trainModel } from '../../classifiers/model/train.ts';
import { sha256 } from '../../core/digest.ts';
import { naturalRivals } from '../model-baseline.ts';
import { CARD, EVALUATION, type EvaluationRecord, readEvaluation, renewCard, saveEvaluation } from '../model-card.ts';
import { gather } from '../model-data.ts';
import { readModel, SHIPPED_MODEL } from '../model-home.ts';
import { measureFakes, trainFakes } from './model-fakes.ts';
import { decisionsFor, lifeCommands, noteLabels } from './model-life.ts';
import { type Run, tell, withStore } from './run.ts';

interface Given {
  readonly labels: string[];
  readonly unlabelled?: string[];
  readonly orfd?: string;
  readonly seed: number;
}
const seedOf = (given: string): number => {
  const seed = Number(given);
  if (!Number.isInteger(seed) || seed < 0 || seed > 2 ** 31) throw new InvalidArgumentError('须为非负整数 / a whole number, not negative');
  return seed;
};

interface TrainGiven extends Given {
  readonly out: string;
  readonly fromDecisions?: boolean;
  readonly by?: string;
}
/** From files, and with `--from-decisions` from what reviewers decided, which is noted in the audit log. */
async function train(given: TrainGiven): Promise<number> {
  if (!given.fromDecisions) return trained(given, []).code;
  return withStore(async (store) => {
    const { labels, summary } = await decisionsFor(store, given.by, 'model.train');
    const { code, sha256, id, data } = trained(given, labels);
    await noteLabels(store, given.by, 'model.train', { ...summary, model: sha256, id, trainedOnData: data });
    return code;
  });
}

function trained(given: TrainGiven, decided: readonly LabelledPost[]): { code: number; sha256: string; id: string; data: string } {
  const { posts, trainedOn, data } = gather({ ...given, decided });
  const file = trainModel(posts, { seed: given.seed, trainedOn, data });
  for (const k of file.kinds)
    tell(`${k.kind}: ${k.positives} 条，${k.raise === null ? '不单独提示' : `自 ${k.raise} 起提示，未见过的单位上 ${k.right} 对 ${k.wrong} 错`}`);
  const text = `${JSON.stringify(file)}\n`;
  writeFileSync(given.out, text);
  tell(`${given.out}: ${file.id}，${trainedOn}`);
  return { code: 0, sha256: sha256(text), id: file.id, data };
}

const three = (value: number | null | undefined): string => (value == null ? '  -  ' : value.toFixed(3));
function show({ sources, kinds, against, reliability }: Evaluation): void {
  for (const { source, posts, rules, model, modelInterval, combined, interval, added, rivals } of sources) {
    tell(`${source}（${posts}）`);
    for (const [name, s] of [['rules', rules], ['model', model], ['combined', combined], ...rivals.map((r) => [r.name, r.alone] as const)] as const)
      tell(
        `  ${name.padEnd(28)} macro-F1 ${three(s.macroF1)} worst ${three(s.worst)} P ${three(s.microP)} R ${three(s.microR)} clean ${three(s.cleanFlagRate)} span ${three(s.spanHit)}`,
      );
    tell(
      `  95 %: combined ${three(interval.macroF1?.low)}–${three(interval.macroF1?.high)}, clean ${three(interval.cleanFlagRate?.low)}–${three(interval.cleanFlagRate?.high)}; model alone ${three(modelInterval.macroF1?.low)}–${three(modelInterval.macroF1?.high)}`,
    );
    tell(
      `  behind the rules: model ${added.right} right ${added.wrong} wrong${rivals.map((r) => `; ${r.name} ${r.added.right} right ${r.added.wrong} wrong`).join('')}`,
    );
  }
  for (const { kind, n, rules, combined, low, high, alone } of kinds)
    tell(
      `${kind.padEnd(24)} n=${n} rules ${three(rules)} combined ${three(combined)} [${three(low)}–${three(high)}] alone: ${alone.map((a) => `${a.name} ${three(a.f1)} [${three(a.low)}–${three(a.high)}]`).join(', ')}`,
    );
  for (const { name, macroF1 } of against) tell(`ours − ${name}: macro-F1 ${three(macroF1?.value)} [${three(macroF1?.low)}–${three(macroF1?.high)}]`);
  for (const { source, rows, expectedError } of reliability) {
    tell(`${source}: expected calibration error ${three(expectedError)}`);
    for (const r of rows)
      tell(`  ${r.from}–${r.to}: stated ${three(r.stated)}, right ${r.right} of ${r.findings} = ${three(r.share)} [${three(r.low)}–${three(r.high)}]`);
  }
}

const asLine = ({ id, findings }: OutOfFold): string => JSON.stringify({ id: id ?? null, findings });

async function measure(given: Given & { readonly json?: boolean; readonly baseline: boolean; readonly out?: string; readonly save?: string }): Promise<number> {
  const { posts, trainedOn, data, rules } = gather(given);
  const folds = 5;
  const { evaluation, said } = evaluate(posts, { seed: given.seed, trainedOn, data, folds }, given.baseline ? naturalRivals() : []);
  if (given.out !== undefined) writeFileSync(given.out, said.flatMap((s) => (s.id === undefined ? [] : `${asLine(s)}\n`)).join(''));
  const record: EvaluationRecord = { format: 'pincha-evaluation/1', seed: given.seed, folds, data, rules, trainedOn, evaluation };
  if (given.save !== undefined) saveEvaluation(given.save, record);
  if (given.json) tell(JSON.stringify(record));
  else show(evaluation);
  return 0;
}

async function card(given: { readonly evaluation: string; readonly model: string; readonly card: string; readonly check?: boolean }): Promise<number> {
  const { stale, text } = renewCard(given.card, readModel(given.model), readEvaluation(given.evaluation));
  if (given.check) {
    tell(stale ? `${given.card}: 与模型或评测结果不符 / does not say what was measured` : `${given.card}: 一致 / true`);
    return stale ? 1 : 0;
  }
  writeFileSync(given.card, text);
  tell(`${given.card}${stale ? '' : '（无改动）'}`);
  return 0;
}

export function modelCommands(program: Command, run: Run): void {
  const model = program.command('model').description('规则之后的模型 / the model behind the rules');
  const withData = (command: Command): Command =>
    command
      .option('--labels <files...>', '已标注的招聘信息（JSONL）/ labelled posts', [])
      .option('--unlabelled <files...>', '未标注的招聘信息，以规则所见为准 / unlabelled posts, taken as the rules read them')
      .option('--orfd <file>', '改为与虚假广告的相似评分，ORFD 表（CSV）/ instead, the score of likeness to fake advertisements, by the ORFD table')
      .option('--seed <n>', '随机种子 / seed', seedOf, 1);
  withData(model.command('train').description('训练 / train'))
    .requiredOption('--out <file>', '写入 / file to write')
    .option('--from-decisions', '加入审核员的裁定 / learn from what reviewers decided as well')
    .option('--by <login>', '由谁训练（用裁定时须填） / in whose name, needed with decisions')
    .action((given: TrainGiven) => run(() => (given.orfd === undefined ? train(given) : trainFakes({ ...given, orfd: given.orfd }))));
  withData(
    model
      .command('evaluate')
      .description('按单位分五折评测规则、模型与基线（natural）/ five folds by employer: rules, model and the baseline of `natural`, out of fold'),
  )
    .option('--no-baseline', '不评测基线 / leave the baseline out')
    .option('--out <file>', '把折外疑点写入文件（JSONL，每条一行）/ write what was found out of fold')
    .option('--save <file>', '把评测结果写入文件，供 model card 使用 / keep the measure for `model card`')
    .option('--json')
    .action((given) => run(() => (given.orfd === undefined ? measure(given) : measureFakes(given))));
  model
    .command('card')
    .description('依评测结果写模型说明 / write the model card from what was measured')
    .option('--evaluation <file>', '评测结果（model evaluate --save）/ what was measured', EVALUATION)
    .option('--model <file>', '模型文件 / model file', SHIPPED_MODEL)
    .option('--card <file>', '说明文件 / the card', CARD)
    .option('--check', '只核对，不改动 / only say whether it is true')
    .action((given) => run(() => card(given)));
  lifeCommands(model, run);
}
