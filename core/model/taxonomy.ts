/**
 * The closed vocabulary of what a finding (疑点) may be. A finding is always 疑似 until people decide.
 * `level` is a ceiling a rule may lower: statutory = the quoted words themselves are what a statute or the
 * 2026 notice forbids; lead = needs facts beyond the words, or another department; advisory = national law
 * names no sanction; format = a required element is missing. Advisory and format findings never open a case,
 * raise its priority or reach a notice. `law` names rows of the legal table the statutes in `law/` come from.
 */
import { z } from 'zod';

export const LEVELS = ['statutory', 'lead', 'advisory', 'format'] as const;
export const levelSchema = z.enum(LEVELS);
export type Level = z.infer<typeof levelSchema>;

/** From weakest to strongest; `none` is a post without findings. */
export const POST_LEVELS = ['none', 'format', 'advisory', 'lead', 'statutory'] as const;
export type PostLevel = (typeof POST_LEVELS)[number];

/** The five colour families of the desk. */
export const FAMILIES = ['discrimination', 'money', 'fraud', 'identity', 'form'] as const;
export type Family = (typeof FAMILIES)[number];

interface KindRow {
  readonly zh: string;
  readonly en: string;
  readonly subject: 'post' | 'account';
  readonly level: Level;
  readonly family: Family;
  readonly law: readonly string[];
}

const row = (zh: string, en: string, subject: KindRow['subject'], level: Level, family: Family, ...law: string[]): KindRow => ({
  zh,
  en,
  subject,
  level,
  family,
  law,
});

export const TAXONOMY = {
  'gender-restriction': row('性别限制', 'Restriction by sex', 'post', 'statutory', 'discrimination', 'D01', 'D02'),
  'marital-fertility': row('婚育条件', 'Marriage or childbearing condition', 'post', 'statutory', 'discrimination', 'D03'),
  'ethnicity-religion': row('民族宗教限制', 'Ethnicity or religion', 'post', 'statutory', 'discrimination', 'D04', 'D05'),
  'health-disability': row('残疾、病原携带歧视', 'Disability or carrier status', 'post', 'statutory', 'discrimination', 'D06', 'D07', 'D08'),
  'origin-restriction': row('户籍地域限制', 'Household registration or origin', 'post', 'statutory', 'discrimination', 'D09'),
  'age-limit': row('年龄限制', 'Age limit', 'post', 'advisory', 'form', 'D10'),
  'school-type': row('院校、学习形式限制', 'Kind of school', 'post', 'advisory', 'form', 'D11'),
  appearance: row('容貌身高等限制', 'Looks or height', 'post', 'advisory', 'form', 'D12'),
  'charging-jobseekers': row('收费、押金、扣证、担保', 'Fees, deposits, documents withheld', 'post', 'statutory', 'money', 'C01', 'C02', 'C03', 'C04'),
  'unlawful-terms': row('劳动条件违法', 'Unlawful terms of work', 'post', 'lead', 'money', 'C08'),
  underage: row('招用未成年人', 'Underage work', 'post', 'statutory', 'fraud', 'C05', 'C06'),
  'training-loan': row('招转培、培训贷', 'Recruit-to-train, training loan', 'post', 'lead', 'fraud', 'T07'),
  'exaggerated-pay': row('高薪、保录噱头', 'Exaggerated pay or guarantee', 'post', 'lead', 'fraud', 'T03'),
  'false-posting': row('疑似虚假招聘', 'Possibly fake posting', 'post', 'lead', 'fraud', 'T01', 'T02'),
  'fraud-lead': row('涉诈、传销等犯罪线索', 'Fraud or crime lead', 'post', 'lead', 'fraud', 'F01', 'F02', 'F03', 'F04', 'F05'),
  'traffic-diversion': row('以招聘为名引流', 'Recruitment used to divert traffic', 'post', 'lead', 'fraud', 'T06'),
  'acts-as-intermediary': row('从事职业中介的表征', 'Signs of acting as an intermediary', 'post', 'lead', 'identity', 'L01', 'L05', 'L08'),
  'personal-data': row('泄露、过度索要个人信息', 'Personal data leaked or demanded', 'post', 'statutory', 'money', 'C09'),
  'missing-element': row('招聘信息要素缺失', 'Required element missing', 'post', 'format', 'form', 'E01', 'E02', 'E03', 'E04', 'E05', 'E06', 'E07', 'E09'),
  'unsourced-repost': row('转发未注明来源', 'Repost without source', 'post', 'format', 'form', 'T09', 'E08'),
  'unlicensed-intermediary': row('疑似未经许可从事职业中介', 'Possibly unlicensed intermediary', 'account', 'lead', 'identity', 'L01'),
  'unfiled-service': row('疑似应备案未备案', 'Possibly unfiled service', 'account', 'lead', 'identity', 'L02'),
  'unlicensed-dispatch': row('疑似未经许可经营劳务派遣', 'Possibly unlicensed dispatch', 'account', 'lead', 'identity', 'L05'),
  'licence-mismatch': row('许可证过期、超范围、主体不符', 'Licence expired, out of scope or of another entity', 'account', 'lead', 'identity', 'L03'),
  'employer-not-registered': row('招聘单位无合法登记', 'Employer not registered', 'account', 'lead', 'identity', 'L04'),
  impersonation: row('冒用机构名义', 'Impersonation of an institution', 'account', 'lead', 'identity', 'L07', 'T04'),
  'posting-for-others': row('自主招聘账号代发他单位岗位', 'Own-recruitment account posting for others', 'account', 'lead', 'identity', 'L08'),
  'unverified-account': row('未经资质认证发布招聘', 'Unverified account', 'account', 'lead', 'identity', 'L09'),
  'site-not-registered': row('自建站未见备案或许可', 'Site without registration', 'account', 'lead', 'identity', 'L06', 'A11'),
  'qualification-not-shown': row('主页未公示资质', 'Qualification not displayed', 'account', 'lead', 'identity', 'A1', 'A3', 'A4', 'A5', 'A13'),
  'banned-party-returned': row('异常名录主体换号重发', 'Banned party returned', 'account', 'lead', 'identity', 'A14', 'PL13'),
} as const satisfies Record<string, KindRow>;

export type FindingKind = keyof typeof TAXONOMY;
export const FINDING_KINDS = Object.keys(TAXONOMY) as [FindingKind, ...FindingKind[]];
export const findingKindSchema = z.enum(FINDING_KINDS);

/** The levels whose findings may open a case, raise its priority or reach a notice. */
export const CASE_LEVELS: ReadonlySet<Level> = new Set(['statutory', 'lead']);

/**
 * Lowers a rule's wished level to the ceiling of its kind; never raises it.
 * @param kind the finding kind
 * @param wished the level a rule asks for
 */
export function capLevel(kind: FindingKind, wished: Level): Level {
  const ceiling = LEVELS.indexOf(TAXONOMY[kind].level);
  return LEVELS[Math.max(ceiling, LEVELS.indexOf(wished))] as Level;
}

/** The strongest level among `levels`, or `none`. */
export function strongestLevel(levels: Iterable<Level>): PostLevel {
  let best: PostLevel = 'none';
  for (const level of levels) if (POST_LEVELS.indexOf(level) > POST_LEVELS.indexOf(best)) best = level;
  return best;
}
