/** 百度's check in place of a page, and the refusals of the interfaces. */
import { titleOf } from '../../extract/html.ts';
import { num, parseJson, str } from '../../extract/tree.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Wall } from '../types.ts';

export function tiebaWall(page: PageInput): Wall | null {
  const text = page.html.trimStart();
  if (!text.startsWith('<')) {
    if (!text.startsWith('{') || text.length > 20_000) return null;
    const answer = parseJson(text);
    const code = num(answer, 'error_code') ?? num(answer, 'no') ?? num(answer, 'errno') ?? num(answer, 'code');
    if (code === undefined || code === 0) return null;
    const said = str(answer, 'error_msg') ?? str(answer, 'error') ?? str(answer, 'errmsg') ?? str(answer, 'msg') ?? '';
    if (code === 1 && /登录/.test(said)) return { status: 'login_wall', reason: said };
    const state = stateOf(said);
    return state && (state.status === 'captcha' || state.status === 'login_wall') ? state : null;
  }
  const head = titleOf(text.slice(0, 50_000));
  if (/^(?:百度安全验证|安全验证|网络不给力)/.test(head) || /wappass\.baidu\.com\/static\/captcha/.test(text.slice(0, 100_000)))
    return { status: 'captcha', reason: head || '百度安全验证' };
  return null;
}
