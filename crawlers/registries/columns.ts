/**
 * Any column names to our fields. Offices call the same column 机构名称, 单位全称 or 企业名; each field has a table of
 * words with weights and words that speak against it, every header is scored against every field, and the best
 * pairs win.
 */
import type { Cell } from './row.ts';

interface FieldWords {
  /** Shown to people in an error. */
  readonly zh: string;
  /** Whole names: the header is exactly this, after folding. */
  readonly exact: readonly string[];
  /** Parts that suggest the field, strongest first. */
  readonly parts?: readonly string[];
  /** A header with one of these is never this field. */
  readonly not?: RegExp;
}
type Words = Readonly<Record<string, FieldWords>>;

const ORGANISATION: FieldWords = {
  zh: '单位名称',
  exact: [
    '机构名称',
    '单位名称',
    '企业名称',
    '公司名称',
    '名称',
    '机构全称',
    '单位全称',
    '企业全称',
    '公司全称',
    '公司',
    '单位',
    '企业',
    '机构',
    '用人单位',
    '招聘单位',
    'name',
    'company',
    'companyname',
    'organization',
    'organisation',
  ],
  parts: ['机构名称', '单位名称', '企业名称', '公司名称', '机构全称', '单位全称', '服务机构', '名称', '全称', '持证单位', '企业名', '单位', '公司'],
  not: /编号|号码|代码|发证|许可机关|部门|机关|地址|日期|类型|类别|性质|规模|简介|网址|电话|证书名称|项目|序号|法定|负责|简称|状态|发布/,
};
const USCC: FieldWords = {
  zh: '统一社会信用代码',
  exact: ['统一社会信用代码', '社会信用代码', '信用代码', '统一信用代码', '统一代码', 'uscc', 'creditcode', 'unifiedsocialcreditcode', '纳税人识别号'],
  parts: ['信用代码', '统一社会', '营业执照', 'creditcode'],
  not: /日期|名称|地址/,
};

export const COLUMN_WORDS = {
  licences: {
    name: ORGANISATION,
    uscc: USCC,
    number: {
      zh: '许可证编号',
      exact: [
        '许可证编号',
        '许可证号',
        '证书编号',
        '许可编号',
        '许可证书编号',
        '证件编号',
        '备案编号',
        '备案号',
        '备案证号',
        '证号',
        '编号',
        '批准文号',
        'licenceno',
        'licenseno',
        'licensenumber',
        'licencenumber',
        'number',
      ],
      parts: ['许可证编号', '许可证号', '许可证书', '备案编号', '备案号', '证书编号', '证书号', '证编号', '许可编号', '文号', '证号'],
      not: /序号|日期|信用|电话|执照|身份/,
    },
    scope: {
      zh: '业务范围',
      exact: [
        '业务范围',
        '许可范围',
        '服务范围',
        '许可内容',
        '许可事项',
        '许可业务',
        '许可项目',
        '服务内容',
        '备案事项',
        '备案内容',
        '服务项目',
        '业务项目',
        '经营范围',
        'scope',
      ],
      parts: ['业务范围', '许可范围', '服务范围', '许可事项', '许可内容', '备案事项', '服务内容', '服务项目', '范围', '业务内容', '事项'],
      not: /日期|编号|区域/,
    },
    authority: {
      zh: '发证机关',
      exact: [
        '发证机关',
        '许可机关',
        '审批机关',
        '核发部门',
        '发证部门',
        '颁发机关',
        '发证单位',
        '审批部门',
        '核发机关',
        '备案机关',
        '主管部门',
        '登记机关',
        '发证机构',
        'authority',
        'issuer',
      ],
      parts: ['发证机关', '许可机关', '审批', '核发部门', '发证', '颁发', '核发', '备案机关', '备案部门', '机关'],
      not: /日期|时间|编号|日$/,
    },
    validFrom: {
      zh: '发证日期',
      exact: [
        '发证日期',
        '发证日',
        '发证时间',
        '许可日期',
        '许可时间',
        '颁证日期',
        '核发日期',
        '批准日期',
        '有效期起',
        '有效期自',
        '起始日期',
        '有效期开始',
        '备案日期',
        '备案时间',
        '审批日期',
        '首次发证日期',
        '开始日期',
        'validfrom',
        'issuedate',
        'issuedon',
      ],
      parts: ['有效期起', '有效期自', '发证日', '发证时间', '许可日期', '核发日', '颁证', '起始', '备案日', '批准日', '开始'],
      not: /止$|至$|截止|到期|终止/,
    },
    validUntil: {
      zh: '有效期至',
      exact: [
        '有效期至',
        '有效期止',
        '有效期限',
        '有效期',
        '截止日期',
        '到期日期',
        '终止日期',
        '有效期到',
        '到期日',
        '到期时间',
        '有效期截止',
        '有效截止日期',
        '有效日期',
        'validuntil',
        'expiry',
        'expirydate',
        'validto',
      ],
      parts: ['有效期至', '有效期止', '有效期限', '截止', '到期', '终止', '有效期', '期限'],
      not: /期起|期自|起始|开始|发证日/,
    },
    address: {
      zh: '地址',
      exact: ['地址', '住所', '经营地址', '单位地址', '机构地址', '办公地址', '注册地址', '服务场所', '经营场所', 'address'],
      parts: ['地址', '住所', '场所'],
      not: /网址|邮箱/,
    },
    form: {
      zh: '许可或备案',
      exact: ['许可或备案', '许可备案', '办理类型', '许可类型', '证照类型', '业务类型', '类型', '类别', 'form'],
      parts: ['许可或备案', '许可备案', '备案许可', '类型', '类别'],
      not: /企业类型|机构性质|日期|编号/,
    },
  },
  companies: {
    name: ORGANISATION,
    uscc: USCC,
    status: { zh: '经营状态', exact: ['经营状态', '登记状态', '企业状态', '存续状态', '状态', 'status', 'operatingstatus'], parts: ['状态'] },
    scope: { zh: '经营范围', exact: ['经营范围', '业务范围', 'businessscope', 'scope'], parts: ['范围', 'scope'], not: /^scopehas/ },
    nature: { zh: '企业类型', exact: ['企业类型', '公司性质', '企业性质', '单位性质', '类型', '性质', 'nature', 'type'], parts: ['性质', '类型'] },
    address: { zh: '地址', exact: ['地址', '住所', '注册地址', '经营场所', 'address'], parts: ['地址', '住所'], not: /网址/ },
    registeredOn: { zh: '成立日期', exact: ['成立日期', '注册日期', '登记日期', '成立时间', 'registeredon', 'founded'], parts: ['成立', '注册日', '登记日'] },
  },
  posts: {
    id: {
      zh: '编号',
      exact: ['id', '编号', '职位编号', '岗位编号', '信息编号', '职位id', '帖子id', 'jobid', 'postid'],
      parts: ['职位编号', '岗位编号'],
      not: /公司|单位|信用/,
    },
    platform: { zh: '平台', exact: ['平台', '来源平台', '来源', '发布平台', '网站', 'platform', 'source'], parts: ['平台'] },
    title: {
      zh: '标题',
      exact: ['标题', '职位名称', '岗位名称', '职位', '岗位', '招聘岗位', '招聘职位', '文章标题', '信息标题', 'title', 'jobtitle', 'position', 'jobname'],
      parts: ['职位名', '岗位名', '标题', '招聘岗位'],
      not: /描述|要求|编号|类别|链接|数/,
    },
    company: { ...ORGANISATION, exact: [...ORGANISATION.exact.filter((w) => w !== 'name' && w !== '名称'), '招聘企业', '发布企业', '发布单位'] },
    salary: {
      zh: '薪资',
      exact: ['薪资', '薪酬', '工资', '月薪', '薪资待遇', '待遇', '工资待遇', '薪资范围', 'salary', 'pay', 'wage'],
      parts: ['薪', '工资', '待遇', 'salary'],
    },
    location: {
      zh: '工作地点',
      exact: ['工作地点', '地点', '工作地址', '工作城市', '城市', '地区', '所在地', 'location', 'city'],
      parts: ['工作地', '地点', '城市', 'jobcity'],
    },
    text: {
      zh: '正文',
      exact: [
        '正文',
        '内容',
        '职位描述',
        '岗位描述',
        '岗位职责',
        '职位详情',
        '工作内容',
        '招聘内容',
        '描述',
        '信息内容',
        '文本',
        '详情',
        'text',
        'content',
        'description',
        'jobdescription',
        'body',
      ],
      parts: ['职位描述', '岗位描述', '描述', '正文', '内容', '详情', '职责'],
      not: /链接|网址|公司|企业|单位/,
    },
    sex: { zh: '性别', exact: ['性别', '性别要求', 'sex', 'gender'], parts: ['性别'] },
    age: { zh: '年龄', exact: ['年龄', '年龄要求', 'age'], parts: ['年龄'] },
    education: { zh: '学历', exact: ['学历', '学历要求', 'education', 'degree'], parts: ['学历'] },
    headcount: { zh: '招聘人数', exact: ['招聘人数', '人数', '招聘数量', '需求人数', 'headcount'], parts: ['人数'] },
    validUntil: { zh: '有效期', exact: ['有效期', '有效期至', '截止日期', '截止时间', '报名截止', 'validuntil', 'deadline'], parts: ['截止', '有效期'] },
    publishedAt: {
      zh: '发布时间',
      exact: ['发布时间', '发布日期', '发布于', '更新时间', '日期', '时间', 'publishedat', 'published', 'publishtime', 'pubdate', 'date'],
      parts: ['发布时间', '发布日', '发布'],
      not: /发布者|发布人|平台|单位|企业/,
    },
    url: { zh: '链接', exact: ['链接', '网址', '地址链接', '原文链接', '职位链接', 'url', 'link'], parts: ['链接', '网址'], not: /图片|公司|单位/ },
    contacts: {
      zh: '联系方式',
      exact: ['联系方式', '联系电话', '电话', '手机', '微信', 'qq', '邮箱', 'contacts', 'contact', 'phone'],
      parts: ['联系', '电话'],
      not: /联系人/,
    },
    images: { zh: '图片', exact: ['图片', '图片链接', '图片地址', 'images', 'image'], parts: ['图片'] },
    businessScope: { zh: '经营范围', exact: ['经营范围', '业务范围', 'businessscope'], parts: ['范围'] },
    accountName: {
      zh: '账号名称',
      exact: ['账号名称', '账号', '公众号', '公众号名称', '帐号', '发布者', '发布人', '昵称', 'account', 'accountname', 'author'],
      parts: ['账号名', '公众号', '发布者'],
    },
    accountId: { zh: '账号标识', exact: ['账号id', '账号标识', '微信号', '帐号id', 'accountid'], parts: ['账号id', '微信号'] },
    uscc: USCC,
    licenceNo: { zh: '许可证号', exact: ['许可证号', '许可证编号', '人力资源服务许可证', '人力资源服务许可证号', 'licenceno'], parts: ['许可证'] },
  },
} as const satisfies Readonly<Record<string, Words>>;

export type ColumnTarget = keyof typeof COLUMN_WORDS;
export type FieldOf<T extends ColumnTarget> = keyof (typeof COLUMN_WORDS)[T] & string;
/** Column index by field. */
export type ColumnMapping<T extends ColumnTarget> = Readonly<Partial<Record<FieldOf<T>, number>>>;
/** Column names given by a person, by field: they win over any score. */
export type GivenColumns<T extends ColumnTarget> = Readonly<Partial<Record<FieldOf<T>, string>>>;

const MIN_SCORE = 50;

/** A header folded for comparison: full-width forms, case, blanks, marks and bracket signs do not matter. */
export const foldHeader = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s*＊:：()（）[\]【】<>《》"'“”、,，./\\_\-—]/g, '');

/** How well a header fits a field, 0-100. */
export function headerScore(header: string, words: FieldWords): number {
  const folded = foldHeader(header);
  if (folded === '' || folded.length > 40) return 0;
  const exact = words.exact.map(foldHeader).indexOf(folded);
  if (exact >= 0) return 100 - exact * 0.5;
  if (words.not?.test(folded)) return 0;
  let best = 0;
  for (const [rank, part] of (words.parts ?? []).map(foldHeader).entries()) {
    if (folded.includes(part)) best = Math.max(best, 52 + 30 * (part.length / folded.length) - rank * 0.5);
  }
  return best;
}

const wordsOf = (target: ColumnTarget): [string, FieldWords][] => Object.entries(COLUMN_WORDS[target] as Words);
export const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell === null ? '' : String(cell));

/** Column names known beforehand. */
export interface KnownColumns<T extends ColumnTarget> {
  /** By a person: they win over any score, and a field whose column is not there has none. */
  readonly given?: GivenColumns<T>;
  /** From the last list of the same source: they win where such a column is there, else words decide. */
  readonly remembered?: GivenColumns<T>;
}

/** Maps the columns of one header row; the score tells how sure it is. */
export function mapColumns<T extends ColumnTarget>(
  header: readonly Cell[],
  target: T,
  { given, remembered }: KnownColumns<T> = {},
): { mapping: ColumnMapping<T>; score: number } {
  const pairs: { field: string; column: number; score: number }[] = [];
  for (const [column, cell] of header.entries()) {
    const text = textOf(cell);
    for (const [field, words] of wordsOf(target)) {
      const named = (given as Readonly<Record<string, string | undefined>> | undefined)?.[field];
      const before = (remembered as Readonly<Record<string, string | undefined>> | undefined)?.[field];
      const kept = before !== undefined && text.trim() !== '' && foldHeader(before) === foldHeader(text);
      const score = named === undefined ? (kept ? 900 : headerScore(text, words)) : foldHeader(named) === foldHeader(text) ? 1_000 : 0;
      if (score >= MIN_SCORE) pairs.push({ field, column, score });
    }
  }
  pairs.sort((a, b) => b.score - a.score || a.column - b.column);
  const mapping: Record<string, number> = {};
  const taken = new Set<number>();
  let total = 0;
  for (const { field, column, score } of pairs) {
    if (mapping[field] !== undefined || taken.has(column)) continue;
    mapping[field] = column;
    taken.add(column);
    total += Math.min(score, 100);
  }
  return { mapping: mapping as ColumnMapping<T>, score: total };
}
