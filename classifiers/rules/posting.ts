/**
 * Whether a text offers work at all. Warnings, court reports, rights guides and "we are full" notes quote the very words
 * that rules look for and lack every element of a posting; they are told by what they are about together with the
 * absence of anything that offers: an employer, number or pay field, duties, a telephone or chat id, an invitation to apply.
 */
import { hintsOf } from './hints.ts';
import type { ReadPost } from './read.ts';

/** The police, courts, unions and papers speaking, questions about rights, and stories told about others. */
export const TOLD =
  /民警|警方|派出所|公安(?:局|机关)|反诈|96110|检察|法院|法官|庭审|仲裁[院委庭]|律师|判决|判令|裁[定决]|通报|典型案[例件]|以案|普法|劳动监察|监察(?:机构|大队|支队)|妇联|工会|消协|消费者协会|曝光|辟谣|骗局|骗子|套路|陷阱|防骗|避坑|传销|受害|被骗|(?<!消防|火灾|防盗|监控|处理|接|及时)报警(?!器|系统|主机|设备|值守)|警惕|当心|(?:求职|劳动者?)(?:权益|维权)|维权|专项(?:行动|整治|检查)|(?:合法|违法|靠谱|是坑)[吗么]|怎么办[?]|劳动(?:合同)?法第|法条|各位家长|未满十六周岁的孩子|小课堂|问[:].{2,80}答[:]/s;
export const CLOSED =
  /(?:招[聘人工]?|岗位|名额|本轮|报名|本次)[^。!?\n]{0,12}(?:已经?|均已|全部|到此)(?:结束|为止|招满|录取到位|截止|停止|满员|关闭)|(?:录取|招聘)到位[,。]|停止招[聘人]/;
/** Words of warnings, news and rights guides that also stand in postings: several different ones together tell. */
export const TOLD_TOGETHER =
  /提醒|提示|公告|公示|通知|案例|记者|报道|讲座|问答|热线|贴士|指南|攻略|识别|防范|举报|投诉|处罚|查处|约谈|整治|检查|执法|解读|政策|条例|法律|权益|违法|非法|合法|无效|应当|赔偿|补缴|骗|坑|劳动者|用人单位|求职者|群众|市民|诉讼|责令|罚款|维护|谣|回访|提倡|倡议/g;
const TOGETHER = 4;
/** An offer, whoever makes it: who is meant, how many, how to reach them. */
const OFFERED_PLAINLY =
  /(?:岗位|工作|职位|任职)(?:职责|要求|描述)|(?:招[聘收募]?|诚聘)[^。!?\n]{0,16}\d{1,4} ?(?:名|人|位)(?![^,。]{0,6}(?:被|受骗|上当|报警|投诉))|(?<!\d)1[3-9]\d{9}(?!\d)|(?:微信|qq|vx|v信|飞机)[^。\n]{0,4}[:号 ]{1,2}[a-z\d_-]{5,20}|(?:投递|发送)简历|(?:诚聘|急招|急聘|直招|现招|高薪招)/;
/** An offer, more loosely. */
const OFFERED =
  /(?:岗位|工作|职位|任职)(?:职责|要求|资格|描述|内容|条件)|报名费|带队|结算|(?:招[聘收募]?|聘|岗位?|需要?|缺|要)[^。!?\n]{0,16}\d{1,4} ?(?:名|人|位)(?![^,。]{0,6}(?:被|受骗|上当|报警|投诉))|(?<!\d)1[3-9]\d{9}(?!\d)|(?:微信|qq|vx|v信|飞机)[^。\n]{0,4}[:号 ]{1,2}[a-z\d_-]{5,20}|(?:投递|发送)简历|简历(?:发|投)|(?:应聘|报名|面试)(?:请|地[点址]|电话|方式|时间)|(?:我司|我厂|本店|本厂|公司)(?:现|因|长期|急|直)?[^,。\n]{0,8}(?:招聘?|诚聘)|(?:诚聘|急招|急聘|直招|现招|高薪招)/;

/** Words of TOLD_TOGETHER of one character. */
const SINGLES = ['骗', '坑', '谣'];

/** True when the post only tells, warns or closes and offers no work. */
export function isNotice({ fields, whole }: ReadPost): boolean {
  const { tells, closes, together } = hintsOf(whole);
  const several = together + SINGLES.filter((word) => whole.includes(word)).length >= TOGETHER;
  if (!several && tells === 0 && closes === 0) return false;
  const told = several ? new Set(whole.slice(0, 4_000).match(TOLD_TOGETHER)).size : 0;
  if (told < TOGETHER && !(tells > 0 && TOLD.test(whole)) && !(closes > 0 && CLOSED.test(whole))) return false;
  const stated = fields.some(
    ({ field, read }) => (field === 'company' && told < TOGETHER) || ((field === 'salary' || field === 'headcount') && /\d/.test(read.view.text)),
  );
  return !stated && !(told >= TOGETHER ? OFFERED_PLAINLY : OFFERED).test(whole);
}
