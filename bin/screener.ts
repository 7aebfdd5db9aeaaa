/** Wires the screener every process uses: shipped law, and beside it the model that was promoted here, or the shipped one. */
import { existsSync } from 'node:fs';
import type { Cite } from '../classifiers/kind-articles.ts';
import type { ModelFile } from '../classifiers/model/model-file.ts';
import { createModelStage } from '../classifiers/model/stage.ts';
import { createMarginWatch, type MarginBucket } from '../classifiers/model/watch.ts';
import type { RuleSet } from '../classifiers/rules/compile.ts';
import { createScreener, type Screener } from '../classifiers/screen.ts';
import { reasonOf } from '../core/errors.ts';
import type { PostInput } from '../core/model/post.ts';
import { shippedFakeScore } from './fake-score.ts';
import { LAW_DIR, loadRules } from './law.ts';
import { activeModel, type ReadModel, readModel, SHIPPED_MODEL } from './model-home.ts';

export interface Screening {
  readonly rules: RuleSet;
  readonly screener: Screener;
  /** Articles in force today, for findings about accounts. */
  readonly cite: (ids: readonly string[], lastSeen?: Date) => ReturnType<Cite>;
  /** How strongly the model speaks about a post, whether or not it says so: for watching how that moves over nights. */
  readonly margins: (post: PostInput) => readonly MarginBucket[];
}

/** The promoted model of the data folder, else the shipped one, else none: a model that cannot be used stops nothing, and where and why is told. */
function usableModel({ modelFile = SHIPPED_MODEL, dataDir, warn }: ScreeningOptions): ModelFile | undefined {
  const say = warn ?? ((words: string) => void process.stderr.write(words));
  const attempt = (read: () => ReadModel, otherwise: string): ModelFile | undefined => {
    try {
      return read().file;
    } catch (error) {
      say(`${reasonOf(error)}；${otherwise}\n`);
      return undefined;
    }
  };
  const promoted = dataDir === undefined ? undefined : attempt(() => activeModel(dataDir), '改用内置模型');
  if (promoted || !existsSync(modelFile)) return promoted;
  return attempt(() => readModel(modelFile), '本次只用规则筛查');
}

export interface ScreeningOptions {
  readonly lawDir?: string;
  readonly asOf?: Date;
  readonly rules?: RuleSet;
  readonly modelFile?: string;
  /** Where promoted models are kept; without it the shipped one is taken. */
  readonly dataDir?: string;
  readonly warn?: (words: string) => void;
}

/** @param options.lawDir a folder laid out as `law/` @throws PinchaError RULES_INVALID */
export function buildScreening(options: ScreeningOptions = {}): Screening {
  const rules = options.rules ?? loadRules(options.lawDir ?? LAW_DIR);
  const cite = (ids: readonly string[], lastSeen = options.asOf): ReturnType<Cite> => rules.cite(ids, lastSeen);
  const file = usableModel(options);
  const model = file && createModelStage(file, { cite });
  const watch = file && createMarginWatch(file);
  const fakeScore = shippedFakeScore(options.warn);
  return { rules, cite, margins: (post) => watch?.(rules.read(post)) ?? [], screener: createScreener({ rules, model, fakeScore, asOf: options.asOf }) };
}
