/**
 * Group chats exported as text: QQ's message record, WeChat's records as they are mailed, copied or saved by programs that
 * export them. Messages are told apart by their heads (name and time); those that recruit become posts of whoever wrote
 * them, everything else stays in the sealed file and nowhere else.
 */
import { sha256 } from '../../core/digest.ts';
import type { PostInput } from '../../core/model/post.ts';

export interface ChatMessage {
  readonly name: string;
  /** QQ number or another id the export shows. */
  readonly id: string | null;
  /** ISO 8601 in Asia/Shanghai; null when only a time of day is known. */
  readonly at: string | null;
  readonly text: string;
}
export interface Chat {
  readonly platform: 'qq-group' | 'wechat-group';
  readonly group: string | null;
  readonly messages: readonly ChatMessage[];
}

const MAX_LINES = 2_000_000;
const MAX_MESSAGES = 200_000;
const MAX_MESSAGE = 20_000;

const DATE = String.raw`(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?`;
const TIME = String.raw`(?:(上午|下午|晚上|凌晨|中午) ?)?(\d{1,2}):(\d{2})(?::(\d{2}))?`;
const SEPARATOR = new RegExp(String.raw`^[—\-=_─*\s]{2,}${DATE}[^—\-=_─*]{0,12}[—\-=_─*\s]{0,}$`);
/** `2026-11-20 10:22:33 某某(12345)` and `2026-11-20 10:22:33 某某` */
const TIME_FIRST = new RegExp(String.raw`^\[?${DATE}\s+${TIME}\]?\s+(.{1,60})$`);
/** `某某  2026-11-20 10:22` */
const NAME_FIRST = new RegExp(String.raw`^(\S.{0,59}?)\s+${DATE}\s+${TIME}$`);
/** `某某 10:22`, below a line with the date */
const NAME_AND_TIME = new RegExp(String.raw`^(\S.{0,39}?)\s{1,8}${TIME}$`);
const ID = /^(.*?)\s*[(<（](\d{5,12}|[\w.+-]{1,60}@[\w.-]{3,60}|[a-zA-Z][\w-]{5,19})[)>）]$/;
const GROUP = /^(?:消息对象|群聊|群名称|会话|聊天对象)[:：]\s*(.{1,80})$|^[“"「]?(.{1,60}?)[”"」]?的聊天记录$/;
const NOISE =
  /^\[(图片|表情|动画表情|语音|视频|链接|文件|小程序|红包|位置|聊天记录|Photo|Image|Sticker)\]$|撤回了一条消息|加入了?(本群|群聊)|移出了?群聊|修改群名|^消息(记录|分组)|^[=\-—]{10,}$/;

interface Clock {
  year: string;
  month: string;
  day: string;
}

const two = (text: string): string => text.padStart(2, '0');

function instant(date: Clock | null, half: string | undefined, hour: string, minute: string, second: string | undefined): string | null {
  if (!date) return null;
  const h = Number(hour) + ((half === '下午' || half === '晚上') && Number(hour) < 12 ? 12 : 0);
  const written = `${date.year}-${two(date.month)}-${two(date.day)}T${two(String(h))}:${two(minute)}:${two(second ?? '0')}+08:00`;
  return Number.isNaN(new Date(written).getTime()) ? null : written;
}

interface Head {
  readonly name: string;
  readonly at: string | null;
  /** Words behind the name on the same line. */
  readonly rest: string;
}

function headOf(line: string, date: Clock | null): Head | null {
  if (line.length > 200 && !/^\[?\d{4}/.test(line)) return null;
  const cut = line.slice(0, 400);
  const inline = new RegExp(String.raw`^\[?${DATE}\s+${TIME}\]?\s+(.{1,40}?)[:：]\s*(.*)$`).exec(cut);
  if (inline) {
    const [, year = '', month = '', day = '', half, hour = '', minute = '', second, name = '', start = ''] = inline;
    return { name, at: instant({ year, month, day }, half, hour, minute, second), rest: start + line.slice(400) };
  }
  const first = TIME_FIRST.exec(cut);
  if (first) {
    const [, year = '', month = '', day = '', half, hour = '', minute = '', second, name = ''] = first;
    return { name, at: instant({ year, month, day }, half, hour, minute, second), rest: '' };
  }
  const last = NAME_FIRST.exec(cut);
  if (last) {
    const [, name = '', year = '', month = '', day = '', half, hour = '', minute = '', second] = last;
    return { name, at: instant({ year, month, day }, half, hour, minute, second), rest: '' };
  }
  const short = date ? NAME_AND_TIME.exec(cut) : null;
  if (!short) return null;
  const [, name = '', half, hour = '', minute = '', second] = short;
  return { name, at: instant(date, half, hour, minute, second), rest: '' };
}

/** Reads an exported chat; null when the text is none (no two heads of messages). */
export function readChat(text: string): Chat | null {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/, MAX_LINES);
  const messages: ChatMessage[] = [];
  let [group, qq, date]: [string | null, boolean, Clock | null] = [null, false, null];
  let open: { name: string; id: string | null; at: string | null; lines: string[]; chars: number } | null = null;
  const close = (): void => {
    const words = open?.lines.join('\n').trim() ?? '';
    if (open && words !== '') messages.push({ name: open.name, id: open.id, at: open.at, text: words });
    open = null;
  };
  for (const raw of lines) {
    if (messages.length >= MAX_MESSAGES) break;
    const line = raw.trimEnd();
    const called = open === null || messages.length === 0 ? GROUP.exec(line.slice(0, 200).trim()) : null;
    if (called && group === null) {
      group = (called[1] ?? called[2] ?? '').trim();
      continue;
    }
    const day = SEPARATOR.exec(line.slice(0, 200));
    if (day) {
      date = { year: day[1] ?? '', month: day[2] ?? '', day: day[3] ?? '' };
      continue;
    }
    const head = headOf(line, date);
    if (head) {
      close();
      const named = ID.exec(head.name.trim());
      const name = (named?.[1] || head.name).replace(/^【[^】]{1,10}】/, '').trim() || head.name.trim();
      qq ||= /^\d{5,12}$/.test(named?.[2] ?? '');
      open = { name, id: named?.[2] ?? null, at: head.at, lines: head.rest ? [head.rest] : [], chars: 0 };
    } else if (open && open.chars < MAX_MESSAGE) {
      open.lines.push(line.slice(0, MAX_MESSAGE));
      open.chars += line.length;
    }
  }
  close();
  if (messages.length < 2) return null;
  return { platform: qq || /消息记录（此消息记录/.test(text.slice(0, 400)) ? 'qq-group' : 'wechat-group', group, messages };
}

const STRONG = /招聘|诚聘|急聘|高薪聘|招工|招人|急招|诚招|现招|招收|招募|招[男女小学临暑寒普工]|找(人|工人|兼职)|缺人|岗位|求职者|入职/;
const WEAK =
  /日结|周结|月结|工价|时薪|日薪|月薪|底薪|薪资|工资|提成|包吃|包住|管吃|管住|面试|报名|兼职|全职|普工|临时工|小时工|学生工|暑假工|寒假工|劳务|派遣|内推|加班|上班|元\/(天|时|小时|月|单)/g;

/** Whether a message offers work, as far as its words say so. */
export function recruits(text: string): boolean {
  if (text.length < 8 || NOISE.test(text)) return false;
  const weak = new Set(text.slice(0, 4_000).match(WEAK)).size;
  return weak >= 2 || (weak >= 1 && STRONG.test(text)) || (STRONG.test(text) && text.length >= 20);
}

/** The posts of a chat: each message that recruits, once however often it was repeated by the same person. */
export function postsOfChat(chat: Chat, fallback: string): PostInput[] {
  const group = (chat.group ?? fallback).slice(0, 100);
  const posts = new Map<string, PostInput>();
  for (const { name, id, at, text } of chat.messages) {
    if (!recruits(text)) continue;
    const who = id ?? `${group}/${name}`;
    const key = `chat:${sha256(`${who}\n${text}`).slice(0, 40)}`;
    if (posts.has(key)) continue;
    const account = { id: who.slice(0, 300), name: name.slice(0, 200), description: `群聊“${group}”成员` };
    posts.set(key, { id: key, text, title: text.split('\n')[0]?.slice(0, 60) ?? '', ...(at ? { publishedAt: at } : {}), chatGroup: group, account });
  }
  return [...posts.values()];
}
