/** 微博's walls: the visitor system and the sign-in page in place of a page, and refusals of the JSON interfaces. */
import { titleOf } from '../../extract/html.ts';
import { num, parseJson, str } from '../../extract/tree.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Wall } from '../types.ts';

/** `ok` of an interface that wants a login. */
const LOGIN = -100;

export function weiboWall(page: PageInput): Wall | null {
  const text = page.html.trimStart();
  if (!text.startsWith('<')) {
    if (!text.startsWith('{') || text.length > 20_000) return null;
    const answer = parseJson(text);
    const ok = num(answer, 'ok');
    if (ok === undefined || ok === 1) return null;
    const said = str(answer, 'msg') ?? str(answer, 'message') ?? '';
    if (ok === LOGIN || /passport\.weibo|\/signin|\/login/.test(str(answer, 'url') ?? '')) return { status: 'login_wall', reason: said || `ok ${ok}` };
    const state = stateOf(said);
    return state && (state.status === 'captcha' || state.status === 'login_wall') ? state : null;
  }
  const head = titleOf(text.slice(0, 50_000));
  if (/^Sina Visitor System$/i.test(head)) return { status: 'login_wall', reason: head };
  if (/^(?:微博)?(?:通行证|登录)|新浪通行证|^Weibo (?:Log|Sign)/i.test(head) && !/id="M_|class="weibo-text/.test(text))
    return { status: 'login_wall', reason: head };
  return null;
}
