/**
 * The model as a stage of screening: it raises kinds that need judgement, never above a lead, only where it is sure,
 * and says which sentence and which words made it so. Rules come first; what they found it does not repeat
 * (`classifiers/screen.ts`).
 */
import type { Finding } from '../../core/model/finding.ts';
import type { PostInput, QuotableField } from '../../core/model/post.ts';
import { capLevel, type FindingKind, TAXONOMY } from '../../core/model/taxonomy.ts';
import { articlesOf, type Cite } from '../kind-articles.ts';
import { type KindModel, MODEL_KINDS, type ModelFile } from './model-file.ts';
import { type Judgement, judge, movingWords, type ReadPassage, readPassages } from './predict.ts';

export interface StageOptions {
  /** Nothing under this probability is raised, whatever the file says. */
  readonly threshold?: number;
  readonly cite?: Cite;
}

export interface BayesStage {
  readonly id: string;
  predict(post: PostInput): Finding[];
}

const FIELDS = ['text', 'title'] as const satisfies readonly QuotableField[];
const MAX_CHARS = 20_000;
/** A shorter passage says too little to a bag of characters. */
const LEAST_TOKENS = 8;

interface Ready {
  readonly kind: FindingKind;
  readonly model: KindModel;
  readonly from: number;
}

function findingOf(ready: Ready, field: string, said: Judgement, by: string, cite: Cite | undefined): Finding {
  const words = movingWords(ready.model, said.passage.text);
  const share = Math.round(said.probability * 100);
  return {
    kind: ready.kind,
    level: capLevel(ready.kind, 'lead'),
    score: Math.round(said.probability * 100) / 100,
    source: 'model',
    by,
    field,
    quote: said.passage.text,
    start: said.passage.start,
    end: said.passage.end,
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
  return {
    id,
    predict(post) {
      if (ready.length === 0) return [];
      const read = FIELDS.map((field) => ({
        field,
        passages: readPassages((post[field] ?? '').slice(0, MAX_CHARS)).filter((p: ReadPassage) => p.tokens.length >= LEAST_TOKENS),
      }));
      return ready.flatMap((one) => {
        const said = read
          .flatMap(({ field, passages }) => {
            const judged = judge(one.model, passages);
            return judged ? [{ field, judged }] : [];
          })
          .sort((a, b) => b.judged.probability - a.judged.probability)[0];
        return said && said.judged.probability >= one.from ? [findingOf(one, said.field, said.judged, id, cite)] : [];
      });
    },
  };
}
