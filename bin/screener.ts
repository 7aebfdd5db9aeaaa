/** Wires the screener that every process uses: shipped law, and the model stage once one is shipped. */
import { createScreener, type ModelStage, type Screener } from '../classifiers/screen.ts';
import { LAW_DIR, loadRules } from './law.ts';

/** @param options.lawDir a folder laid out as `law/` @param options.model a trained stage to run beside the rules */
export function buildScreener(options: { lawDir?: string; model?: ModelStage; asOf?: Date } = {}): Screener {
  return createScreener({ rules: loadRules(options.lawDir ?? LAW_DIR), model: options.model, asOf: options.asOf });
}
