/** 哔哩哔哩's walls: the interface's refusals by number, and the check page. */
import { titleOf } from '../../extract/html.ts';
import { num, parseJson, str } from '../../extract/tree.ts';
import type { PageInput, Wall } from '../types.ts';

const LOGIN: ReadonlySet<number> = new Set([-101, -2, -658, 4100000]);
const CHECK: ReadonlySet<number> = new Set([-352, -412, -509, -799, -105, -111, -701]);

export function bilibiliWall(page: PageInput): Wall | null {
  const text = page.html.trimStart();
  if (!text.startsWith('<')) {
    if (!text.startsWith('{') || text.length > 20_000) return null;
    const answer = parseJson(text);
    const code = num(answer, 'code');
    if (code === undefined || code === 0) return null;
    const said = str(answer, 'message') ?? str(answer, 'msg') ?? `code ${code}`;
    if (LOGIN.has(code)) return { status: 'login_wall', reason: said };
    return CHECK.has(code) ? { status: 'captcha', reason: said } : null;
  }
  const head = titleOf(text.slice(0, 50_000));
  if (/^(?:验证码|出错啦|安全验证)/.test(head) && /risk|captcha|geetest|由于触发哔哩哔哩安全风控策略/.test(text.slice(0, 200_000)))
    return { status: 'captcha', reason: head };
  return null;
}
