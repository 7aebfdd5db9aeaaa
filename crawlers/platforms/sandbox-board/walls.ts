/** Pages of the sandbox's job board that say what became of a job or a company. */
import { loadHtml, nodeText } from '../../extract/html.ts';
import type { PageInput, Wall } from '../types.ts';

const STATES: readonly (readonly [RegExp, Wall['status']])[] = [
  [/已被暂停|因违规/, 'removed_by_platform'],
  [/已过期/, 'expired'],
  [/不存在/, 'deleted'],
];

/** The notice in the place of a job; judged before any field. */
export function boardState(page: PageInput): Wall | null {
  if (!/class="notice/.test(page.html)) return null;
  const said = nodeText(loadHtml(page.html)('p.notice').toArray());
  const state = STATES.find(([pattern]) => pattern.test(said));
  return state ? { status: state[1], reason: said } : null;
}
