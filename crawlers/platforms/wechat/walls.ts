/**
 * WeChat pages that are not the post: the challenge for unusual environments, and the pages that say what became
 * of it (deleted, removed for violation with the platform's reason, expired link, temporarily unavailable).
 */
import type { AccountInput } from '../../../core/model/post.ts';
import { absolute, decodeEntities, loadHtml, nodeText, titleOf } from '../../extract/html.ts';
import { jsDecode, readAssigned } from '../../extract/js-literal.ts';
import { str } from '../../extract/tree.ts';
import { makeAccount } from '../define.ts';
import type { PageInput, Reading, Wall } from '../types.ts';
import { jsonWall } from './lists.ts';

const ARTICLE = /window\.cgiDataNew\s*=\s*\{|\bid\s*=\s*["']?(?:js_content|activity-name|js_share_content_page_hd)\b/;
const TITLED = /\bmsg_title\s*=\s*(?:window\.title\s*=\s*)?["'][^"'\s]/;
/** True when the page carries an article, whatever words stand in it. */
export const hasArticle = (html: string): boolean => ARTICLE.test(html);
/** True when its scripts name an article: shares are drawn from such variables alone, but a page in its place may keep them. */
export const namesArticle = (html: string): boolean => TITLED.test(html);

const CHALLENGE =
  /当前环境异常，?完成验证后即可继续访问|环境异常.{0,40}去验证|操作(过于)?频繁，?请稍后再试|访问过于频繁|请输入(图中|图片)?的?验证码|secitptpage\/template\/verify|mp\/wappoc_appmsgcaptcha/;
const CLIENT_ONLY = /请在微信客户端打开(此?链接|此?网页)|请使用微信(客户端)?(打开|扫码|扫描)|请长按识别二维码.{0,20}在微信中打开/;

/** The challenge put up instead of a page; its words count only where no article stands. */
export function wechatWall(page: PageInput): Wall | null {
  if (hasArticle(page.html) || namesArticle(page.html)) return null;
  const refused = jsonWall(page.html);
  if (refused) return refused;
  const words = CHALLENGE.exec(page.html) ?? CLIENT_ONLY.exec(page.html);
  if (!words) return null;
  const said = words[0].replace(/<[^>]+>/g, '').slice(0, 100);
  return { status: CLIENT_ONLY.test(words[0]) ? 'login_wall' : 'captcha', reason: /[\u4e00-\u9fff]/.test(said) ? said : '环境异常，须完成验证' };
}

const STATES: readonly (readonly [RegExp, NonNullable<Reading['status']>])[] = [
  [/已被(发布者|作者|作者自行)删除|(已|经)?(自主|系统)?注销|被系统回收/, 'deleted'],
  [
    /因违规|涉嫌(侵权|违反|违法)|被.{0,6}(投诉|举报)|举报.{0,20}(停止|屏蔽)|违反.{0,40}(规定|规则|规范|法律)|违规.{0,10}(屏蔽|封禁|停止)|已被(屏蔽|封禁|封停|冻结|永久|责令|停用)|冻结|封禁|停止(访问|传播)|已被暂停/,
    'removed_by_platform',
  ],
  [/已过期|已失效/, 'expired'],
  [
    /迁移|暂时(无法|不可)|无法(查看|访问|打开)|不可(见|查看)|仅(限)?.{0,8}(可见|可读)|不存在|参数错误|系统(出错|错误|繁忙)|发送失败|审核中|页面(无法|不可)|关注后.{0,8}(阅读|查看)|付费|(暂无|没有|无).{0,4}权限/,
    'unavailable',
  ],
];

const TITLES = '.weui-msg__title, .weui_msg_title, .mesg-block, .page_msg .msg_content, .suspended-notice, .text_area .title, .global_error_msg, .msg_title';
const REASONS = '.weui-msg__desc, .weui_msg_desc, .suspended-reason, .text_area .tips, .msg_desc, #js_reason';
/** Longest page, in characters, that is taken as a whole for what it says of itself. */
const MAX_STATE = 300;

/** Where a moved account's page sends its readers. */
function movedTo(html: string): string | undefined {
  const found = /transferTargetLink\s*=\s*['"]([^'"]{10,2000})['"]/.exec(html)?.[1];
  return absolute(found && decodeEntities(jsDecode(found)), null);
}

/**
 * What a page without an article says of itself; null when it says nothing we know.
 * @param whole take a page of a few words as a whole: templates change the names of their parts
 */
export function wechatState(page: PageInput, whole = false): Reading | null {
  if (hasArticle(page.html)) return null;
  const $ = loadHtml(page.html);
  const body = whole ? nodeText($('body').toArray()) : '';
  const said = whole ? (body.length <= MAX_STATE ? body : '') : nodeText($(TITLES).toArray()) || (namesArticle(page.html) ? '' : titleOf(page.html));
  const state = STATES.find(([pattern]) => pattern.test(said));
  if (!state) return null;
  const why = nodeText($(REASONS).toArray())
    .replace(/[，,]?\s*查看\s*(对应规则|详细内容|详情)\s*$/, '')
    .trim();
  const words = said === why || said.includes(why) ? [said] : [said, why];
  const reading = { status: state[1], reason: words.filter(Boolean).join('：').slice(0, 500), account: namedAccount(page.html) };
  const moved = movedTo(page.html);
  return moved && /迁移/.test(said) ? { ...reading, links: [{ url: moved, kind: 'post' }] } : reading;
}

/** Removal pages still name the account in `window.cgiData`. */
function namedAccount(html: string): AccountInput | null {
  try {
    const data = readAssigned(html, 'window.cgiData');
    return makeAccount({ id: str(data, 'bizuin'), name: str(data, 'nick_name'), userName: str(data, 'user_name') });
  } catch {
    return null;
  }
}
