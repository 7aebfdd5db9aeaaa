/** What the API asks of the law in force, over the live law of this process. */
import { explainRule } from '../classifiers/rules/explain.ts';
import { parsePack } from '../classifiers/rules/law.ts';
import { checkDraft, packTexts } from '../classifiers/rules/lifecycle.ts';
import { sha256 } from '../core/digest.ts';
import type { DraftReportView, RuleDesk } from '../core/model/api-rule.ts';
import type { LiveLaw } from './live-law.ts';

const NAME = '规则包';

const KEPT = 32;

export function createRuleDesk(live: LiveLaw): RuleDesk {
  // A draft is looked at again and again while it does not change: a report, or what was wrong, is kept by what went in.
  const kept = new Map<string, () => DraftReportView>();
  const check = (text: string, former: readonly string[]): DraftReportView => {
    const key = sha256([live.active().rules.version, text, ...former].join('\0'));
    const known = kept.get(key);
    if (known) return known();
    if (kept.size >= KEPT) kept.clear();
    try {
      const { changes, wrong, ...report } = checkDraft(live.active(), text, NAME, former);
      const made = { ...report, changes: [...changes], wrong: wrong.map((w) => ({ ...w })) };
      kept.set(key, () => made);
      return made;
    } catch (error) {
      kept.set(key, () => {
        throw error;
      });
      throw error;
    }
  };
  return {
    version: () => live.active().rules.version,
    rules: () => live.active().rules.rules.map(({ id, version, pack, kind, level, why }) => ({ id, version, pack, kind, level, why })),
    explain: (id) => explainRule(live.active().rules, live.active().law, id),
    packText: (pack) => packTexts(live.active().files).get(pack) ?? null,
    check,
    nameOf: (text) => parsePack(text, NAME).pack,
    refresh: async () => {
      await live.refresh(true);
    },
  };
}
