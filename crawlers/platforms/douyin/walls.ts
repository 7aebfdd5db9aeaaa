/** 抖音's walls: the check page in place of any page, the script that only sets a cookie, and refusals of the interface. */
import { titleOf } from '../../extract/html.ts';
import { num, parseJson, str } from '../../extract/tree.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Wall } from '../types.ts';

/** `status_code` of interfaces that want a login. */
const LOGIN: ReadonlySet<number> = new Set([8, 2154, 2190, 2483]);

export function douyinWall(page: PageInput): Wall | null {
  const text = page.html.trimStart();
  if (!text.startsWith('<')) {
    if (!text.startsWith('{') || text.length > 20_000) return null;
    const answer = parseJson(text);
    const code = num(answer, 'status_code');
    const said = str(answer, 'status_msg') ?? str(answer, 'search_nil_info', 'search_nil_type') ?? str(answer, 'message') ?? '';
    if (code !== undefined && LOGIN.has(code)) return { status: 'login_wall', reason: said || `status_code ${code}` };
    if (/verify_check|captcha/.test(said) || str(answer, 'verify_center_decision_conf') !== undefined) return { status: 'captcha', reason: said || '安全验证' };
    const state = code === undefined || code === 0 ? null : stateOf(said);
    return state && (state.status === 'captcha' || state.status === 'login_wall') ? state : null;
  }
  const head = titleOf(text.slice(0, 50_000));
  if (/^验证码/.test(head)) return { status: 'captcha', reason: head };
  // The page of a first visit holds one script that sets `__ac_signature` and loads itself again.
  if (text.length < 120_000 && /__ac_(?:signature|nonce)|_wafchallengeid/.test(text) && !/RENDER_DATA|_ROUTER_DATA|data-e2e=/.test(text))
    return { status: 'captcha', reason: head || '浏览器校验页' };
  return null;
}
