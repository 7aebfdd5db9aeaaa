/** 58同城's walls: the captcha asked of an address, and the login asked of lists. */
import { titleOf } from '../../extract/html.ts';
import type { PageInput, Wall } from '../types.ts';

/** True when the page carries a post or a list, whatever words stand in it. */
const hasContent = (html: string): boolean => /class="[^"]*(pos_base_info|pos_title|job_name|comp_baseInfo_title)/.test(html);

export function wall58(page: PageInput): Wall | null {
  if (hasContent(page.html)) return null;
  const title = titleOf(page.html);
  if (/请输入验证码|验证码|访问过于频繁/.test(title) || /callback\.58\.com\/(antibot|firewall)|firewall\/verifycode/.test(page.html))
    return { status: 'captcha', reason: title || '请输入验证码' };
  return /passport\.58\.com\/login/.test(page.html) && /登录/.test(title) ? { status: 'login_wall', reason: title } : null;
}
