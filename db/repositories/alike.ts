/** Findings that say the same of reposts of one text: a reviewer may judge them together. */
import { canonicalJson, sha256 } from '../../core/digest.ts';
import type { Finding } from '../../core/model/finding.ts';

/** A rule by its name: a new number of it says the same. */
const ruleOf = (by: string): string => by.split('@')[0] ?? by;

/**
 * What is equal for findings of one kind, rule and words on posts of one text.
 * @param textGroup the group of nearly equal texts its post belongs to @returns null where nothing can be alike
 */
export const alikeKey = (f: Pick<Finding, 'kind' | 'level' | 'by' | 'field' | 'quote' | 'exempt'>, textGroup: string | null): string | null =>
  textGroup === null || f.quote === null ? null : sha256(canonicalJson([textGroup, f.kind, f.level, ruleOf(f.by), f.field, f.quote, f.exempt])).slice(0, 32);
