/**
 * The law a working process screens by: the shipped files with what people published laid over them, compiled anew when
 * that changes. Each law that was ever used is kept in the store, so that a finding's rule can be read back as it was.
 */
import { type ActiveLaw, activeLaw, comparePack } from '../classifiers/rules/lifecycle.ts';
import type { Clock } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Db } from '../db/connect.ts';
import { readLawState, saveLawSet } from '../db/repositories/rule.ts';
import type { LawSource, Shadow } from '../queue/context.ts';
import { compiledOnce, loadLaw } from './law.ts';
import { activeMark } from './model-home.ts';
import { buildScreening, type Screening } from './screener.ts';

export interface LiveLaw extends LawSource {
  readonly screening: () => Screening;
}
/** How often the store is asked whether the law changed, at most. */
const FRESH_MS = 3_000;

interface Held {
  readonly mark: string;
  readonly active: ActiveLaw;
  readonly screening: Screening;
  readonly shadows: readonly Shadow[];
}

/**
 * @param dataDir where promoted models are kept; without it the shipped model speaks
 * @throws RULES_INVALID when the shipped law is wrong; a published pack that no longer fits it is told by `warn` and left out
 */
export async function createLiveLaw(db: Db, clock: Clock, warn: (words: string) => void, dataDir?: string): Promise<LiveLaw> {
  const shipped = loadLaw().files;
  const markOf = (law: string): string => `${law} ${dataDir === undefined ? '' : activeMark(dataDir)}`;
  const load = async (): Promise<Held> => {
    const state = await readLawState(db);
    const mark = markOf(state.mark);
    const lay = (published: typeof state.published): ActiveLaw => activeLaw(shipped, published, state.off, compiledOnce);
    let active: ActiveLaw;
    try {
      active = lay(state.published);
    } catch (error) {
      warn(`已发布的规则包不再适用，暂用内置规则：${reasonOf(error)}`);
      active = lay([]);
    }
    const shadows = state.shadow.flatMap((r): Shadow[] => {
      try {
        return [{ revisionId: r.id, compare: comparePack(active, r.text, r.pack) }];
      } catch (error) {
        warn(`影子规则 ${r.pack}#${r.number} 未运行：${reasonOf(error)}`);
        return [];
      }
    });
    await saveLawSet(db, { version: active.rules.version, files: active.files, off: state.off, now: clock.now() });
    return { mark, active, screening: buildScreening({ rules: active.rules, dataDir, warn: (words) => warn(words.trim()) }), shadows };
  };
  let held = await load();
  let asked = Date.now();
  let renewing: Promise<boolean> | null = null;
  const renew = async (): Promise<boolean> => {
    const { mark } = await readLawState(db);
    asked = Date.now();
    if (markOf(mark) === held.mark) return false;
    held = await load();
    return true;
  };
  return {
    active: () => held.active,
    shadows: () => held.shadows,
    screening: () => held.screening,
    margins: (post) => held.screening.margins(post),
    refresh: (now = false) => {
      if (!now && Date.now() - asked < FRESH_MS) return Promise.resolve(false);
      renewing ??= renew().finally(() => {
        renewing = null;
      });
      return renewing;
    },
  };
}
