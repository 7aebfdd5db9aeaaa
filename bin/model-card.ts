/**
 * The model card: what people wrote stays, and the part between the markers is written from the model file and from what
 * `pincha model evaluate --save` measured, so that neither figures nor names can go stale unseen.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Evaluation, KindRow, SourceScore } from '../classifiers/model/evaluate.ts';
import { type Interval, LEAST_POSITIVES } from '../classifiers/model/measure.ts';
import type { Reliability } from '../classifiers/model/reliability.ts';
import { PinchaError, reasonOf } from '../core/errors.ts';
import type { ReadModel } from './model-home.ts';

const artifact = (name: string): string => fileURLToPath(new URL(`../classifiers/model/artifact/${name}`, import.meta.url));
export const CARD = artifact('MODEL-CARD.md');
export const EVALUATION = artifact('evaluation.json');

export interface EvaluationRecord {
  readonly format: 'pincha-evaluation/1';
  readonly seed: number;
  readonly folds: number;
  /** Digest of what was learned from and measured on, as the model file has it. */
  readonly data: string;
  /** Version of the rules it was measured with. */
  readonly rules: string;
  readonly trainedOn: string;
  readonly evaluation: Evaluation;
}
const FORMAT = 'pincha-evaluation/1';
const formatSchema = z.looseObject({ format: z.literal(FORMAT), data: z.string(), evaluation: z.looseObject({ sources: z.array(z.unknown()).min(1) }) });

const rounded = (_key: string, value: unknown): unknown => (typeof value === 'number' && !Number.isInteger(value) ? Math.round(value * 1e4) / 1e4 : value);
/** One source or kind a line: a change of figures can be read in a diff. */
export function saveEvaluation(file: string, { evaluation, ...about }: EvaluationRecord): void {
  const lines = Object.entries(evaluation).map(
    ([name, rows]) => `${JSON.stringify(name)}: [\n${(rows as readonly unknown[]).map((row) => JSON.stringify(row, rounded)).join(',\n')}\n]`,
  );
  const head = JSON.stringify(about).slice(0, -1);
  writeFileSync(file, `${head},\n"evaluation": {\n${lines.join(',\n')}\n}}\n`);
}

/** @throws FILE_UNREADABLE naming the file */
export function readEvaluation(file: string): EvaluationRecord {
  try {
    return formatSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) as unknown as EvaluationRecord;
  } catch (error) {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(error).slice(0, 300) }, error);
  }
}

const three = (value: number | null | undefined): string => (value == null ? '–' : value.toFixed(3));
const percent = (value: number | null | undefined): string => (value == null ? '–' : `${(value * 100).toFixed(1)} %`);
const range = (interval: Partial<Interval> | null | undefined, of = three): string =>
  interval?.low == null || interval.high == null ? '' : ` (${of(interval.low)}–${of(interval.high)})`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const ranged = ({ f1, low, high }: KindRow['alone'][number]): string =>
  f1 === null ? '–' : `${three(f1)}${low === null || high === null ? '' : range({ low, high })}`;

const bySource = (sources: readonly SourceScore[], rivals: readonly string[]): string =>
  table(
    ['Posts', 'Rules alone', 'Rules and model', 'Posts without labels flagged', 'The model added', 'Model alone', ...rivals.map((r) => `${r} alone`)],
    sources.map((s) => [
      `${s.source}, ${s.posts}`,
      three(s.rules.macroF1),
      `${three(s.combined.macroF1)}${range(s.interval.macroF1)}`,
      `${percent(s.combined.cleanFlagRate)}${range(s.interval.cleanFlagRate, percent)}`,
      `${s.added.right} right, ${s.added.wrong} wrong`,
      `${three(s.model.macroF1)}${range(s.modelInterval.macroF1)}`,
      ...s.rivals.map((r) => `${three(r.alone.macroF1)}${range(r.interval.macroF1)}`),
    ]),
  );

const byKindTable = (kinds: readonly KindRow[]): string => {
  const names = kinds[0]?.alone.map((a) => a.name) ?? [];
  return table(
    ['Kind', 'n', 'Rules alone', 'Rules and model', ...names.map((name) => `${name} alone`)],
    [...kinds]
      .sort((a, b) => b.n - a.n)
      .map((k) => [
        k.kind,
        String(k.n),
        three(k.rules),
        `${three(k.combined)}${k.low === null || k.high === null ? '' : range({ low: k.low, high: k.high })}`,
        ...k.alone.map(ranged),
      ]),
  );
};

const reliabilityTable = ({ source, rows, expectedError }: Reliability): string =>
  rows.length === 0
    ? `No finding of the ${source} was among them.`
    : `Findings of the ${source}s, expected calibration error ${three(expectedError)}:\n\n${table(
        ['Stated score', 'Findings', 'Right', 'Mean stated', 'Share right (95 %)'],
        rows.map((r) => [`${r.from}–${Math.min(1, r.to)}`, String(r.findings), String(r.right), three(r.stated), `${three(r.share)}${range(r)}`]),
      )}`;

/** Who won, in words that the figures decide. */
function verdict({ sources, against }: Evaluation): string {
  const [published] = sources;
  const rivals = published?.rivals ?? [];
  if (!published || rivals.length === 0) return 'No rival was measured.';
  const best = [...rivals].sort((a, b) => (b.alone.macroF1 ?? 0) - (a.alone.macroF1 ?? 0))[0];
  const ours = published.model.macroF1 ?? 0;
  const gaps = against.map(({ name, macroF1 }) => `${name} by ${three(macroF1?.value)}${range(macroF1)}`).join(', ');
  const won = ours >= (best?.alone.macroF1 ?? 0);
  const behind = rivals.map((r) => `${r.name} ${r.added.right} right and ${r.added.wrong} wrong`).join(', ');
  return `${won ? `Ours wins over ${gaps} in macro-F1 on published posts (95 % interval of the difference on the same draws), and ships.` : `**${best?.name} does better than ours alone**; ours ships because of what it adds behind the rules and for its speed: differences of ours over ${gaps}.`} Behind the rules on published posts, with thresholds by the same rule, ours adds ${published.added.right} right and ${published.added.wrong} wrong, ${behind}.`;
}

function speaking({ file }: ReadModel): string {
  const kinds = file.kinds.filter((k) => k.raise !== null);
  return kinds.length === 0
    ? 'With the rules it was trained beside, no kind holds the conditions: the model is silent.'
    : `Kinds that hold the conditions: ${kinds.map((k) => `${k.kind} (${k.right} right, ${k.wrong} wrong where rules are silent)`).join(', ')}. All others are silent.`;
}

/** The generated part. @param model the file it speaks of @param record what was measured */
export function cardBody(model: ReadModel, record: EvaluationRecord): string {
  const { evaluation } = record;
  const rivals = evaluation.sources[0]?.rivals.map((r) => r.name) ?? [];
  const same = model.file.data === record.data ? 'on the posts it learned from' : `**on other data than it learned from** (data ${record.data.slice(0, 12)})`;
  return [
    `**The file.** \`${model.file.id}\`, format \`${model.file.format}\`, SHA-256 \`${model.sha256}\`, learned from ${model.file.trainedOn} (data \`${model.file.data?.slice(0, 12) ?? 'not noted'}\`), seed ${model.file.seed}. ${speaking(model)}`,
    `**Measured** with \`pincha model evaluate --seed ${record.seed}\` ${same}: ${record.folds} folds by employer, each post judged by weights that had not seen its employer, with rules \`${record.rules}\`. Macro-F1 over kinds with ${LEAST_POSITIVES} sure positives; 95 % intervals by drawing employers.`,
    bySource(evaluation.sources, rivals),
    'By kind, F1 over published posts:',
    byKindTable(evaluation.kinds),
    `**Against the baseline.** ${verdict(evaluation)} Alone means: each kind from the margin that scored best in the other folds.`,
    '**Do scores keep what they say?** The surest finding of each kind a post, published posts, out of fold; doubtful labels left out.',
    ...evaluation.reliability.map(reliabilityTable),
  ].join('\n\n');
}

const BEGIN = '<!-- written by `pincha model card`: begin -->';
const END = '<!-- written by `pincha model card`: end -->';

/** @returns the whole card with its generated part renewed, and whether that changes it @throws FILE_UNREADABLE without the markers */
export function renewCard(cardFile: string, model: ReadModel, record: EvaluationRecord): { readonly stale: boolean; readonly text: string } {
  const was = readFileSync(cardFile, 'utf8');
  const [from, to] = [was.indexOf(BEGIN), was.indexOf(END)];
  if (from < 0 || to < from) throw new PinchaError('FILE_UNREADABLE', { file: cardFile, reason: `缺少标记 ${BEGIN}` });
  const text = `${was.slice(0, from)}${BEGIN}\n\n${cardBody(model, record)}\n\n${was.slice(to)}`;
  return { stale: text !== was, text };
}
