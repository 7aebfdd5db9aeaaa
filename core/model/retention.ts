/**
 * How long what is kept may be kept, by kind and outcome. Days are the office's to set: the law asks for the shortest
 * time that is necessary and names no number; where it names one for something near, the rule says so.
 */
export const RETENTION_RULES = ['post.clear', 'post.dismissed', 'capture.page', 'capture.list', 'account.clear'] as const;
export type RetentionRule = (typeof RETENTION_RULES)[number];

export interface RetentionTerm {
  readonly rule: RetentionRule;
  readonly zh: string;
  readonly en: string;
  /** Days after which it is destroyed; null keeps it until a person sets a term. */
  readonly days: number | null;
  /** What the days are counted from. */
  readonly from: string;
  /** Articles whose text was seen in a copy; a lawyer of the office confirms before anything is printed. */
  readonly basis: string;
}

const SHORTEST = '个人信息保护法第十九条（实现处理目的所必要的最短时间，未规定天数）；网络数据安全管理条例第二十四条（非必要的个人信息应当删除或匿名化）';

/** As shipped; a row of the table `retention_term` overrides the days. */
export const DEFAULT_TERMS: readonly RetentionTerm[] = [
  { rule: 'post.clear', zh: '未立案账号的招聘信息', en: 'posts of accounts without a case', days: 180, from: '最近一次见到', basis: SHORTEST },
  {
    rule: 'post.dismissed',
    zh: '案件均未认定的账号的招聘信息',
    en: 'posts of accounts whose cases were all dismissed',
    days: 730,
    from: '最后一案结案',
    basis: `行政处罚法第三十六条（一般追究时效二年，期内可能重新发现）；${SHORTEST}`,
  },
  {
    rule: 'capture.page',
    zh: '不再为任何招聘信息、疑点或核验所引用的页面与图片',
    en: 'pages and pictures nothing refers to',
    days: 180,
    from: '存证',
    basis: SHORTEST,
  },
  { rule: 'capture.list', zh: '列表页与账号页', en: 'lists and account pages', days: 90, from: '存证', basis: SHORTEST },
  {
    rule: 'account.clear',
    zh: '已无招聘信息且无案件的账号的资料',
    en: 'particulars of accounts with neither posts nor cases',
    days: 180,
    from: '最近一次见到',
    basis: SHORTEST,
  },
];

/** What a run destroyed, or would. */
export interface RetentionCounts {
  posts: number;
  records: number;
  blobs: number;
  accounts: number;
  bytes: number;
}
export const NO_COUNTS: Readonly<RetentionCounts> = { posts: 0, records: 0, blobs: 0, accounts: 0, bytes: 0 };

/** One thing that is destroyed, as its record keeps it: what it was known by and its digest, never its content. */
export interface DestroyedItem {
  readonly kind: 'post' | 'record' | 'blob' | 'account';
  readonly ref: string;
  readonly sha256: string | null;
  /** Of a record: the file and the bytes of request and response in it. */
  readonly warcFile: string | null;
  readonly start: number | null;
  readonly length: number | null;
}
