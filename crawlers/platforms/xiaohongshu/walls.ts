/** 小红书's walls: the login and check pages, and the interface's refusals. The home feed in place of a page is judged where the state is read. */
import { num, parseJson, str } from '../../extract/tree.ts';
import { stateOf } from '../states.ts';
import type { PageInput, Wall } from '../types.ts';

const LOGIN: ReadonlySet<number> = new Set([-100, -101, -104]);
const CHECK: ReadonlySet<number> = new Set([300_011, 300_012, 300_013, 300_015, 461, 471]);

/** A part of an address as text; one that is written wrongly stays as it is. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

export function xiaohongshuWall(page: PageInput): Wall | null {
  const text = page.html.trimStart();
  if (!text.startsWith('<')) {
    if (!text.startsWith('{') || text.length > 20_000) return null;
    const answer = parseJson(text);
    const code = num(answer, 'code');
    if (code === undefined || code === 0 || code === 1000) return null;
    const said = str(answer, 'msg') ?? str(answer, 'message') ?? `code ${code}`;
    if (LOGIN.has(code)) return { status: 'login_wall', reason: said };
    if (CHECK.has(code)) return { status: 'captcha', reason: said };
    const state = stateOf(said);
    return state && (state.status === 'captcha' || state.status === 'login_wall') ? state : null;
  }
  const address = `${page.url ?? ''} ${/<link[^>]{0,200}rel="canonical"[^>]{0,300}/.exec(text.slice(0, 100_000))?.[0] ?? ''}`;
  if (/website-login\/captcha/.test(address)) return { status: 'captcha', reason: '安全验证' };
  if (/website-login\/error/.test(address))
    return { status: 'captcha', reason: decoded(/error_msg=([^&\s"]{1,200})/.exec(address)?.[1] ?? '访问受限').slice(0, 100) };
  if (/\/login\?|\/website-login\b/.test(page.url ?? '')) return { status: 'login_wall', reason: '登录后查看' };
  return null;
}
