/**
 * What a first look at a whole post shows of the few searches that would otherwise go through every post: whether it may be a
 * notice (`posting.ts`) or a repost (`format.ts`). One pass for all of them, once a post.
 */
import { createPairSieve } from '../text/pair-sieve.ts';

/** How many pairs of characters stand in a text, of those that every match of a pattern holds one of: none, no match. */
export interface Hints {
  /** Of TOLD in `posting.ts`. */
  readonly tells: number;
  /** Of CLOSED there. */
  readonly closes: number;
  /** Of words of TOLD_TOGETHER there, those of one character left out. */
  readonly together: number;
  /** Of REPOST in `format.ts`. */
  readonly reposts: number;
}

const look = createPairSieve([
  '民警 警方 派出 公安 反诈 96 检察 法院 法官 庭审 仲裁 律师 判决 判令 裁定 裁决 通报 典型 以案 普法 动监 监察 妇联 工会 消协 者协 曝光 辟谣 骗局 骗子 套路 陷阱 防骗 避坑 传销 受害 被骗 报警 警惕 当心 权益 维权 专项 法吗 法么 谱吗 谱么 坑吗 坑么 么办 法第 法条 位家 未满 小课 问:',
  '结束 为止 招满 到位 截止 停止 满员 关闭',
  '提醒 提示 公告 公示 通知 案例 记者 报道 讲座 问答 热线 贴士 指南 攻略 识别 防范 举报 投诉 处罚 查处 约谈 整治 检查 执法 解读 政策 条例 法律 权益 违法 非法 合法 无效 应当 赔偿 补缴 劳动 用人 求职 群众 市民 诉讼 责令 罚款 维护 回访 提倡 倡议',
  '转发 转载 代转 帮转 扩散 转: 转] 转】 转) 转》 转! 转␣ 帮朋 帮忙 帮人 友转 复制 截图 搬的 搬来 搬过 转的 转来 转过 搬运 抓取 采集 出处 来源 谁发 哪发 晓得 知道 清楚 转给',
]);
let last: { readonly whole: string; readonly hints: Hints } | null = null;

/** @param whole of a read post; asked again of the same one, it is not looked through again */
export function hintsOf(whole: string): Hints {
  if (last?.whole === whole) return last.hints;
  const [tells = 0, closes = 0, together = 0, reposts = 0] = look(whole);
  last = { whole, hints: { tells, closes, together, reposts } };
  return last.hints;
}
