/**
 * The model as a stage of screening: it raises a kind only where no rule spoke (`classifiers/screen.ts`), only from the margin
 * that kept its precision on employers it had never seen, never above a lead, and quotes the characters that moved it most.
 */
import type { Finding } from '../../core/model/finding.ts';
import { capLevel, TAXONOMY } from '../../core/model/taxonomy.ts';
import { articlesOf, type Cite } from '../kind-articles.ts';
import type { ReadPost } from '../rules/read.ts';
import { sigmoid } from './calibrate.ts';
import { judge, movedBy, type Telling } from './judge.ts';
import { type KindModel, type ModelFile, speaking } from './model-file.ts';
import { WeightTable } from './table.ts';

export interface LinearStage {
  readonly id: string;
  predict(read: ReadPost): Finding[];
}

const LEAST_SCORE = 0.05;
/** Alone, the model is never surer than a rule. */
const MOST_ALONE = 0.9;
const two = (p: number): number => Math.round(p * 100) / 100;

/** Makes a stage of a loaded model file. @param cite articles in force, for what the model adds */
export function createModelStage(whole: ModelFile, { cite }: { readonly cite?: Cite } = {}): LinearStage {
  const file = speaking(whole);
  const id = `linear@${file.id}`;
  if (file.kinds.length === 0) return { id, predict: () => [] };
  const table = new WeightTable(file);
  const agency = file.kinds.findIndex((k) => k.kind === 'acts-as-intermediary');

  const findingOf = (kind: KindModel, k: number, told: Telling, read: ReadPost): Finding => {
    const original = read.fields.find((f) => f.field === told.field)?.read.original ?? '';
    const { quote, start, end } = movedBy(table, told, k, original);
    const probability = Math.min(MOST_ALONE, sigmoid(kind.calibration.slope * told.margin + kind.calibration.intercept));
    return {
      kind: kind.kind,
      level: capLevel(kind.kind, 'lead'),
      score: Math.max(LEAST_SCORE, two(probability)),
      source: 'model',
      by: id,
      field: told.field,
      quote,
      start,
      end,
      articles: articlesOf(kind.kind, cite),
      exempt: false,
      why: `模型判断此处疑似${TAXONOMY[kind.kind].zh}（可能性约 ${Math.round(probability * 100)}%），主要依据“${quote}”；规则未命中，须人工判断`,
    };
  };

  return {
    id,
    predict: (read) =>
      judge(table, read, agency).flatMap((told, k): Finding[] => {
        const kind = file.kinds[k];
        return kind && kind.raise !== null && told && told.margin >= kind.raise ? [findingOf(kind, k, told, read)] : [];
      }),
  };
}
