/** Wires the screener every process uses: shipped law, and the shipped model beside it. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Cite } from '../classifiers/kind-articles.ts';
import { loadModel } from '../classifiers/model/model-file.ts';
import { createModelStage } from '../classifiers/model/stage.ts';
import type { RuleSet } from '../classifiers/rules/compile.ts';
import { createScreener, type Screener } from '../classifiers/screen.ts';
import { LAW_DIR, loadRules } from './law.ts';

const MODEL_FILE = fileURLToPath(new URL('../classifiers/model/artifact/bayes.json', import.meta.url));

export interface Screening {
  readonly rules: RuleSet;
  readonly screener: Screener;
  /** Articles in force today, for findings about accounts. */
  readonly cite: (ids: readonly string[], lastSeen?: Date) => ReturnType<Cite>;
}

/** @param options.lawDir a folder laid out as `law/` @throws PinchaError RULES_INVALID, MODEL_INVALID */
export function buildScreening(options: { lawDir?: string; asOf?: Date; rules?: RuleSet } = {}): Screening {
  const rules = options.rules ?? loadRules(options.lawDir ?? LAW_DIR);
  const cite = (ids: readonly string[], lastSeen = options.asOf): ReturnType<Cite> => rules.cite(ids, lastSeen);
  const model = existsSync(MODEL_FILE) ? createModelStage(loadModel(JSON.parse(readFileSync(MODEL_FILE, 'utf8')), MODEL_FILE), { cite }) : undefined;
  return { rules, cite, screener: createScreener({ rules, model, asOf: options.asOf }) };
}
