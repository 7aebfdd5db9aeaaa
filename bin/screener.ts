/** Wires the screener every process uses: shipped law, and the shipped model beside it. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Cite } from '../classifiers/kind-articles.ts';
import { loadModel } from '../classifiers/model/model-file.ts';
import { createModelStage, type LinearStage } from '../classifiers/model/stage.ts';
import type { RuleSet } from '../classifiers/rules/compile.ts';
import { createScreener, type Screener } from '../classifiers/screen.ts';
import { reasonOf } from '../core/errors.ts';
import { LAW_DIR, loadRules } from './law.ts';

const MODEL_FILE = fileURLToPath(new URL('../classifiers/model/artifact/model.json', import.meta.url));

export interface Screening {
  readonly rules: RuleSet;
  readonly screener: Screener;
  /** Articles in force today, for findings about accounts. */
  readonly cite: (ids: readonly string[], lastSeen?: Date) => ReturnType<Cite>;
}

/** A model that cannot be used stops nothing: it is told where and why, and rules go on alone. */
function modelStage(file: string, cite: Screening['cite'], warn: (words: string) => void): LinearStage | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return createModelStage(loadModel(readFileSync(file, 'utf8'), file), { cite });
  } catch (error) {
    warn(`${reasonOf(error)}；本次只用规则筛查\n`);
    return undefined;
  }
}

export interface ScreeningOptions {
  readonly lawDir?: string;
  readonly asOf?: Date;
  readonly rules?: RuleSet;
  readonly modelFile?: string;
  readonly warn?: (words: string) => void;
}

/** @param options.lawDir a folder laid out as `law/` @throws PinchaError RULES_INVALID */
export function buildScreening(options: ScreeningOptions = {}): Screening {
  const rules = options.rules ?? loadRules(options.lawDir ?? LAW_DIR);
  const cite = (ids: readonly string[], lastSeen = options.asOf): ReturnType<Cite> => rules.cite(ids, lastSeen);
  const model = modelStage(options.modelFile ?? MODEL_FILE, cite, options.warn ?? ((words) => void process.stderr.write(words)));
  return { rules, cite, screener: createScreener({ rules, model, asOf: options.asOf }) };
}
