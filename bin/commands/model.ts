/** Commands about the model: `model train` writes a file from labels, `model evaluate` measures rules and model together out of fold. */
import { writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { type Evaluation, evaluate } from '../../classifiers/model/evaluate.ts';
import { prepare, trainModel } from '../../classifiers/model/train.ts';
import { loadRules } from '../law.ts';
import { ownWordings, readLabelled, readUnlabelled, ruleReader } from '../model-data.ts';
import { type Run, tell } from './run.ts';

interface Given {
  readonly labels: string[];
  readonly unlabelled?: string[];
  readonly seed: number;
  readonly out: string;
  readonly json?: boolean;
}
const seedOf = (given: string): number => {
  const seed = Number(given);
  if (!Number.isInteger(seed) || seed < 0 || seed > 2 ** 31) throw new InvalidArgumentError('须为非负整数 / a whole number, not negative');
  return seed;
};

function prepared({ labels, unlabelled = [] }: Given) {
  const labelled = readLabelled(labels);
  const wordings = ownWordings();
  const posts = prepare({ labelled: [...labelled, ...wordings], unlabelled: readUnlabelled(unlabelled) }, ruleReader(loadRules()));
  const weak = posts.length - labelled.length - wordings.length;
  return {
    posts,
    trainedOn: `${labelled.length} labelled posts, ${wordings.length} own wordings (a third plain, the rest disguised), ${weak} unlabelled posts as rules read them`,
  };
}

async function train(given: Given): Promise<number> {
  const { posts, trainedOn } = prepared(given);
  const file = trainModel(posts, { seed: given.seed, trainedOn });
  for (const k of file.kinds)
    tell(`${k.kind}: ${k.positives} 条，${k.raise === null ? '不单独提示' : `自 ${k.raise} 起提示，未见过的单位上 ${k.right} 对 ${k.wrong} 错`}`);
  writeFileSync(given.out, `${JSON.stringify(file)}\n`);
  tell(`${given.out}: ${trainedOn}`);
  return 0;
}

const three = (value: number | null | undefined): string => (value == null ? '  -  ' : value.toFixed(3));
function show({ sources, kinds }: Evaluation): void {
  for (const { source, posts, rules, model, combined, interval, added } of sources) {
    tell(`${source}（${posts}）`);
    for (const [name, s] of [
      ['rules', rules],
      ['model', model],
      ['combined', combined],
    ] as const)
      tell(
        `  ${name.padEnd(9)} macro-F1 ${three(s.macroF1)} worst ${three(s.worst)} P ${three(s.microP)} R ${three(s.microR)} clean ${three(s.cleanFlagRate)} span ${three(s.spanHit)}`,
      );
    tell(
      `  95 %: macro-F1 ${three(interval.macroF1?.low)}–${three(interval.macroF1?.high)}, clean ${three(interval.cleanFlagRate?.low)}–${three(interval.cleanFlagRate?.high)}; added ${added.right} right, ${added.wrong} wrong`,
    );
  }
  for (const { kind, n, rules, model, combined, low, high } of kinds)
    tell(`${kind.padEnd(24)} n=${n} rules ${three(rules)} model ${three(model)} combined ${three(combined)} [${three(low)}–${three(high)}]`);
}

async function measure(given: Given): Promise<number> {
  const { posts, trainedOn } = prepared(given);
  const result = evaluate(posts, { seed: given.seed, trainedOn, folds: 5 });
  if (given.json) tell(JSON.stringify(result));
  else show(result);
  return 0;
}

export function modelCommands(program: Command, run: Run): void {
  const model = program.command('model').description('规则之后的模型 / the model behind the rules');
  const withData = (command: Command): Command =>
    command
      .requiredOption('--labels <files...>', '已标注的招聘信息（JSONL）/ labelled posts')
      .option('--unlabelled <files...>', '未标注的招聘信息，以规则所见为准 / unlabelled posts, taken as the rules read them')
      .option('--seed <n>', '随机种子 / seed', seedOf, 1);
  withData(model.command('train').description('训练 / train'))
    .requiredOption('--out <file>', '写入 / file to write')
    .action((given: Given) => run(() => train(given)));
  withData(model.command('evaluate').description('按单位分五折评测规则与模型 / five folds by employer, rules and model together, out of fold'))
    .option('--json')
    .action((given: Given) => run(() => measure(given)));
}
