/** What the sandbox's feed says, once drawn, in the place of posts. */
import { loadHtml, nodeText } from '../../extract/html.ts';
import type { PageInput, Wall } from '../types.ts';

const STATES: readonly (readonly [RegExp, Wall['status']])[] = [
  [/已被暂停|因违规/, 'removed_by_platform'],
  [/不存在/, 'deleted'],
  [/加载失败/, 'unavailable'],
];

/** The message drawn by the page's script; the shell before drawing has none. */
export function feedState(page: PageInput): Wall | null {
  if (!/class="feed-message"/.test(page.html)) return null;
  const said = nodeText(loadHtml(page.html)('.feed-message').toArray());
  const state = STATES.find(([pattern]) => pattern.test(said));
  return state ? { status: state[1], reason: said } : null;
}
