/**
 * WeChat pages that are not the post: the challenge for unusual environments, and the pages that say what became
 * of it (deleted, removed for violation with the platform's reason, expired link, temporarily unavailable).
 */
import type { AccountInput } from '../../../core/model/post.ts';
import { loadHtml, nodeText, titleOf } from '../../extract/html.ts';
import { readAssigned } from '../../extract/js-literal.ts';
import { str } from '../../extract/tree.ts';
import { makeAccount } from '../define.ts';
import type { PageInput, Reading, Wall } from '../types.ts';

/** True when the page carries an article, whatever words stand in it. */
export const hasArticle = (html: string): boolean => /window\.cgiDataNew\s*=\s*\{|id=["']js_content["']|id=["']activity-name["']/.test(html);

/** The challenge put up instead of a page; its words count only where no article stands. */
export function wechatWall(page: PageInput): Wall | null {
  if (hasArticle(page.html)) return null;
  const words = /当前环境异常，?完成验证后即可继续访问|环境异常.{0,40}去验证|请在微信客户端打开链接|操作频繁，?请稍后再试/.exec(page.html);
  if (!words) return null;
  return { status: words[0].includes('微信客户端') ? 'login_wall' : 'captcha', reason: words[0].replace(/<[^>]+>/g, '').slice(0, 100) };
}

const STATES: readonly (readonly [RegExp, NonNullable<Reading['status']>])[] = [
  [/已被发布者删除|已被作者删除|已自主注销|账号已注销/, 'deleted'],
  [/因违规无法查看|涉嫌侵权|被投诉|违反.{0,20}(规定|规则)|违规.{0,10}(屏蔽|封禁|停止)|已被(屏蔽|封禁|冻结)|已停止访问该网页|已被暂停/, 'removed_by_platform'],
  [/已过期/, 'expired'],
  [/暂时无法查看|无法查看|不存在|参数错误|系统(出错|错误|繁忙)|迁移|页面(无法|不可)/, 'unavailable'],
];

/** What a page without an article says of itself; null when it says nothing we know. */
export function wechatState(page: PageInput): Reading | null {
  if (hasArticle(page.html)) return null;
  const $ = loadHtml(page.html);
  const said = nodeText($('.weui-msg__title, .mesg-block, .page_msg .msg_content, .suspended-notice').toArray()) || titleOf(page.html);
  const state = STATES.find(([pattern]) => pattern.test(said));
  if (!state) return null;
  const why = nodeText($('.weui-msg__desc, .suspended-reason').toArray())
    .replace(/[，,]?\s*查看\s*对应规则\s*$/, '')
    .trim();
  return { status: state[1], reason: [said, why].filter(Boolean).join('：').slice(0, 500), account: namedAccount(page.html) };
}

/** Removal pages still name the account in `window.cgiData`. */
function namedAccount(html: string): AccountInput | null {
  const data = readAssigned(html, 'window.cgiData');
  return makeAccount({ name: str(data, 'nick_name'), userName: str(data, 'user_name') });
}
