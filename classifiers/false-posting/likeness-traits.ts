/**
 * What an advertisement is told apart by when it is compared with ones that readers held to be fake (ORFD): a short list
 * of named, countable traits of the post itself — its pay, how many it wants, how it is written, its trade. Nothing here
 * needs a register, a platform's counters or the employer's name, so every post has them; what a post does not say counts
 * as the average.
 */
import type { PostInput } from '../../core/model/post.ts';
import { monthlyPay } from './pay.ts';

/** The fields of a post the traits read. */
export type Advert = Pick<PostInput, 'title' | 'salary' | 'headcount' | 'text'>;

export interface Trait {
  readonly name: string;
  /** Said when a low, or a high, value speaks for likeness; in Chinese, checkable by reading the post. */
  readonly low: string;
  readonly high: string;
  /** Of one figure with other facts about pay. */
  readonly pay?: true;
}

/** A text longer than this is read from its beginning: enough for its manner, and bounded. */
const MOST_READ = 5_000;
const DENSITY = 100;

const TRADES = [
  ['sales', /销售|客户|招商|业务/, '销售岗位'],
  ['tele', /电话|电销/, '电话岗位'],
  ['beauty', /美容|美甲|美体|按摩|足疗|理疗|化妆|发型|美发/, '美容美发岗位'],
  ['finance', /融资|信用卡|贷款|保险|投资|理财|财务|会计/, '金融财务岗位'],
  ['house', /房产|置业/, '房产岗位'],
  ['factory', /普工|操作工|学徒工|钳工|焊工|叉车/, '工厂岗位'],
] as const;

export const TRAITS: readonly Trait[] = [
  { name: 'pay-high', low: '月薪上限较低', high: '月薪上限较高', pay: true },
  { name: 'pay-width', low: '月薪上下限相近', high: '月薪上下限悬殊', pay: true },
  { name: 'headcount', low: '招聘人数少', high: '招聘人数多' },
  { name: 'headcount-open', low: '招聘人数写明', high: '招聘人数未写明（若干）' },
  { name: 'length', low: '正文短', high: '正文长' },
  { name: 'semicolons', low: '正文少有分号、条目', high: '正文多分号、条目' },
  { name: 'stops', low: '正文少有句号', high: '正文多句号' },
  { name: 'commas', low: '正文少有逗号', high: '正文多逗号' },
  { name: 'exclamations', low: '正文少有感叹号', high: '正文多感叹号' },
  { name: 'you', low: '正文少称“你”“您”', high: '正文多称“你”“您”' },
  ...TRADES.map(([name, , words]) => ({ name: `trade-${name}`, low: `非${words}`, high: words })),
];

const MARKS = [';；', '。', ',，', '!！', '你您'];
/** Which mark a UTF-16 unit is, from 1; a table, since every unit of every post is looked up. */
const MARK_OF = new Uint8Array(65_536);
for (const [at, marks] of MARKS.entries()) for (let i = 0; i < marks.length; i += 1) MARK_OF[marks.charCodeAt(i)] = at + 1;

/** How often each kind of mark stands in 100 characters. */
function densities(text: string): number[] {
  const counts = new Uint32Array(MARKS.length + 1);
  for (let i = 0; i < text.length; i += 1) {
    const mark = MARK_OF[text.charCodeAt(i)] as number;
    counts[mark] = (counts[mark] as number) + 1;
  }
  return MARKS.map((_, at) => (DENSITY * (counts[at + 1] as number)) / (text.length + 1));
}

/** The traits of an advertisement in the order of `TRAITS`; NaN where it does not say. */
export function traitsOf({ title = '', salary, headcount = '', text: whole = '' }: Advert): number[] {
  const text = whole.slice(0, MOST_READ).trim();
  const pay = salary ? monthlyPay({ salary }) : null;
  const wanted = Number(/\d{1,6}/.exec(headcount)?.[0] ?? Number.NaN);
  const [semicolons, stops, commas, exclamations, you] = densities(text) as [number, number, number, number, number];
  const head = title.slice(0, 200);
  return [
    pay ? Math.log(pay.high) : Number.NaN,
    pay ? Math.log(pay.high / pay.low) : Number.NaN,
    wanted > 0 ? Math.log(wanted) : Number.NaN,
    headcount ? Number(/若干|不限/.test(headcount)) : Number.NaN,
    text ? Math.log1p(text.length) : Number.NaN,
    ...(text ? [semicolons, stops, commas, exclamations, you] : [semicolons, stops, commas, exclamations, you].map(() => Number.NaN)),
    ...TRADES.map(([, words]) => (head ? Number(words.test(head)) : Number.NaN)),
  ];
}
