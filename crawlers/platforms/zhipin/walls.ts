/** BOSS直聘's walls: the security check page, and the API's refusals (code 37 abnormal, 7 or 8 login). */
import { num, parseJson, str } from '../../extract/tree.ts';
import type { PageInput, Wall } from '../types.ts';

export function zhipinWall(page: PageInput): Wall | null {
  if (page.html.trimStart().startsWith('{')) {
    const answer = parseJson(page.html);
    const code = num(answer, 'code');
    if (code === undefined || code === 0) return null;
    const said = str(answer, 'message') ?? `code ${code}`;
    if ([7, 8].includes(code) || /登录/.test(said)) return { status: 'login_wall', reason: said };
    return [35, 36, 37, 38].includes(code) || /异常|验证/.test(said) ? { status: 'captcha', reason: said } : null;
  }
  if (/class\s*=\s*["']?[^"'>]{0,80}\binfo-primary\b|job-sec/.test(page.html)) return null;
  const words = /当前 ?IP ?地址可能存在异常访问行为|您的访问行为异常|正在加载中.{0,200}security-check|security-check\.html|完成验证后即可正常使用/.exec(
    page.html,
  );
  return words ? { status: 'captcha', reason: words[0].slice(0, 60) } : null;
}
