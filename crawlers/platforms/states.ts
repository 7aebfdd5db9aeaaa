/**
 * What platforms write where a post should be: deleted, taken down and why, kept behind a login or a check, nothing
 * there. One ordered table for all of them, because they all say it in nearly the same words; the words count only
 * where an adapter found no post, so that a post about deleted posts stays a post.
 */
import type { ParseStatus } from '../../core/model/capture.ts';
import { str } from '../extract/tree.ts';

const STATES: readonly (readonly [ParseStatus, RegExp])[] = [
  [
    'captcha',
    /验证码|安全验证|安全校验|滑块|人机验证|访问验证|(?:操作|访问|请求|刷新)(?:过于|太|过)?(?:频繁|快)|频率限制|(?:网络|环境|访问|请求|行为)(?:环境|连接)?(?:存在)?异常|风控|captcha|too many requests|rate limit|\brisk\b/i,
  ],
  [
    'login_wall',
    /(?:请|需要?|需先|未|尚未|您还没有?|账号未)(?:先)?登[录陆]|登[录陆](?:后|之后)(?:才能|可|即可|查看|继续)|登[录陆](?:已)?(?:失效|过期)|扫码登[录陆]|not ?log(?:ged)? ?in|login required|sina visitor system/i,
  ],
  [
    'removed_by_platform',
    /违反|违规|违法|被投诉|(?:已|被)(?:平台|管理员|吧务|系统)?(?:屏蔽|封禁|冻结|下架|封号|禁言|隐藏)|涉嫌|审核(?:未|不)通过|被(?:管理员|吧务|系统|平台)删除|根据相关法律|不予显示|账号已被封/,
  ],
  ['deleted', /(?:已|被)(?:被)?(?:作者|发布者|博主|楼主|用户|up主)?\s*(?:自行)?删除|已删|已注销|注销了/i],
  ['expired', /已过期|已失效|已结束|已关闭|链接失效/],
  [
    'unavailable',
    /不存在|找不到|未找到|走丢|暂时?(?:无法|不能|不可)|无法(?:浏览|查看|访问|显示)|不可见|不可用|仅.{0,12}可见|不见了|没有(?:权限|了)|查看权限|啥都木有|页面(?:出错|错误)|无权|私密|设置了?(?:隐私|权限)|系统(?:繁忙|错误)|服务(?:繁忙|异常)|not found/i,
  ],
  [
    'empty_state',
    /(?:这里)?(?:还|暂时?|目前)?(?:没有|无)(?:更多)?(?:内容|微博|笔记|作品|动态|数据|帖子|贴子|发布|结果|投稿)|还没有(?:发布|发过)|暂无|空空如也|没有找到(?:相关)?(?:结果|内容|帖子)/,
  ],
];

/** The state a platform's own words name; null for words that name none. */
export function stateOf(words: string | undefined): { readonly status: ParseStatus; readonly reason: string } | null {
  const said = words?.replace(/\s+/g, ' ').trim().slice(0, 2_000) ?? '';
  const state = said === '' ? undefined : STATES.find(([, pattern]) => pattern.test(said));
  return state ? { status: state[0], reason: said.slice(0, 300) } : null;
}

/** What an answer that holds no post says of itself, whatever the interface calls it; null when it says nothing known. */
export function stateOfAnswer(answers: readonly unknown[]): { readonly status: ParseStatus; readonly reason: string } | null {
  for (const answer of answers) {
    const said = ['msg', 'message', 'errMsg', 'errorMsg', 'error_msg', 'statusDescription'].map((key) => str(answer, key)).find((v) => v !== undefined);
    const state = stateOf(said);
    if (state) return state;
  }
  return null;
}
