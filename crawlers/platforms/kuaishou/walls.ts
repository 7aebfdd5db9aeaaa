/** 快手's walls: the slider in place of a page, and the refusals of its interfaces by number. */
import { titleOf } from '../../extract/html.ts';
import { at, num, parseJson, str } from '../../extract/tree.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Wall } from '../types.ts';

/** `result` of interfaces that want a login, and of those that want a check or ask for patience. */
const LOGIN: ReadonlySet<number> = new Set([109, 100110031, 100110000]);
const CHECK: ReadonlySet<number> = new Set([2, 50, 400002, 1016005001]);

export function kuaishouWall(page: PageInput): Wall | null {
  const text = page.html.trimStart();
  if (!text.startsWith('<')) {
    if (!text.startsWith('{') || text.length > 20_000) return null;
    const answer = parseJson(text);
    const said = str(answer, 'error_msg') ?? str(answer, 'message') ?? str(answer, 'errors', 0, 'message') ?? '';
    const vision = at(answer, 'data');
    const inner = Object.values(typeof vision === 'object' && vision !== null ? vision : {}).map((v) => num(v, 'result'));
    const codes = [num(answer, 'result'), num(answer, 'data', 'result'), ...inner].filter((c) => c !== undefined && c !== 1);
    for (const code of codes) {
      if (code !== undefined && LOGIN.has(code)) return { status: 'login_wall', reason: said || `result ${code}` };
      if (code !== undefined && CHECK.has(code)) return { status: 'captcha', reason: said || `result ${code}` };
    }
    if (/captcha/i.test(str(answer, 'url') ?? str(answer, 'data', 'url') ?? '')) return { status: 'captcha', reason: said || '安全验证' };
    const state = codes.length > 0 || at(answer, 'errors') !== undefined ? stateOf(said) : null;
    return state && (state.status === 'captcha' || state.status === 'login_wall') ? state : null;
  }
  const head = titleOf(text.slice(0, 50_000));
  if (/captcha\.zt\.kuaishou|kwai-captcha|captcha-container/.test(text.slice(0, 200_000)) && !/__APOLLO_STATE__|INIT_STATE/.test(text))
    return { status: 'captcha', reason: head || '安全验证' };
  return null;
}
