/**
 * The model as a stage of screening: it raises kinds that need judgement, never above a lead, only where it is sure,
 * and says which sentence and which words made it so. Rules come first; what they found it does not repeat
 * (`classifiers/screen.ts`).
 */
import type { Finding } from '../../core/model/finding.ts';
import type { QuotableField } from '../../core/model/post.ts';
import { capLevel, type FindingKind, TAXONOMY } from '../../core/model/taxonomy.ts';
import { articlesOf, type Cite } from '../kind-articles.ts';
import type { ReadPost } from '../rules/read.ts';
import { type KindModel, MODEL_KINDS, type ModelFile } from './model-file.ts';
import { type Passage, passagesOf } from './passages.ts';
import { calibrated, movingWords } from './predict.ts';
import { createScorer } from './score.ts';

export interface StageOptions {
  /** Nothing under this probability is raised, whatever the file says. */
  readonly threshold?: number;
  readonly cite?: Cite;
}

export interface BayesStage {
  readonly id: string;
  predict(read: ReadPost): Finding[];
}

const FIELDS = ['text', 'title', 'imageText'] as const satisfies readonly QuotableField[];
const MAX_CHARS = 20_000;
/** A shorter passage says too little to a bag of characters. */
const LEAST_TOKENS = 8;

interface Said {
  readonly field: string;
  readonly passage: Passage;
  readonly probability: number;
}
interface Ready {
  readonly kind: FindingKind;
  readonly model: KindModel;
  readonly from: number;
}

function findingOf(ready: Ready, { field, passage, probability }: Said, by: string, cite: Cite | undefined): Finding {
  const words = movingWords(ready.model, passage.text);
  const share = Math.round(probability * 100);
  return {
    kind: ready.kind,
    level: capLevel(ready.kind, 'lead'),
    score: Math.round(probability * 100) / 100,
    source: 'model',
    by,
    field,
    quote: passage.text,
    start: passage.start,
    end: passage.end,
    articles: articlesOf(ready.kind, cite),
    exempt: false,
    why: `模型判断该句疑似${TAXONOMY[ready.kind].zh}（可能性约 ${share}%），主要依据词语：${words.join('、') || '（多个弱信号）'}；须人工判断`,
  };
}

/** Makes a stage of a loaded model file. */
export function createModelStage(file: ModelFile, { threshold = 0, cite }: StageOptions = {}): BayesStage {
  const id = `bayes@${file.id}`;
  const ready = MODEL_KINDS.flatMap((kind): Ready[] => {
    const model = file.kinds[kind];
    return model?.threshold == null ? [] : [{ kind, model, from: Math.max(threshold, model.threshold) }];
  });
  const scorer = createScorer(ready.map((one) => one.model));
  return {
    id,
    predict({ post }) {
      if (ready.length === 0) return [];
      const best: (Said | null)[] = ready.map(() => null);
      for (const field of FIELDS) {
        const strongest = scorer.strongest(passagesOf((post[field] ?? '').slice(0, MAX_CHARS)), LEAST_TOKENS);
        for (const [i, one] of ready.entries()) {
          const found = strongest[i];
          if (!found) continue;
          const probability = calibrated(one.model.calibration, found.logOdds);
          if (probability > (best[i]?.probability ?? -1)) best[i] = { field, passage: found.passage, probability };
        }
      }
      return ready.flatMap((one, i) => {
        const said = best[i];
        return said && said.probability >= one.from ? [findingOf(one, said, id, cite)] : [];
      });
    },
  };
}
