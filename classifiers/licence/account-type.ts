/**
 * What kind of party stands behind an account: it decides which article applies (an employer's duties are not an
 * agency's). Read from the registered name first, then from what the platform and the account itself say.
 */
import type { AccountInput, SubjectType } from '../../core/model/post.ts';

export interface AccountType {
  readonly type: SubjectType;
  /** Why, in one Chinese sentence naming the words. */
  readonly reason: string;
}

type TypedFields = Pick<AccountInput, 'name' | 'description' | 'subjectName' | 'subjectType' | 'category'>;

const PUBLIC_BODY =
  /(?:人力资源和社会保障|人社)(?:厅|局|部)|公共就业|(?:就业|人才)(?:促进|服务|交流|创业)*(?:局|管理中心|服务中心|指导中心)$|就业服务(?:管理)?(?:局|中心|所)|人民政府|街道办事处|(?:管理)?委员会$/;
const AGENCY =
  /人力资源|人才(?:服务|市场|网|交流|咨询|派遣|科技|信息)|劳务|劳动(?:服务|派遣|事务)|职业介绍|职介|猎头|人事(?:代理|外包|服务)|求职|招聘(?:服务|信息)|就业(?:服务|咨询|指导)|职业(?:指导|中介)/;
const PLATFORM = /招聘网|人才网|直聘|招聘平台|求职平台/;
const ORGANISATION = /公司|集团|厂|店|中心|学校|大学|学院|医院|幼儿园|合作社|事务所|研究[院所]|银行|酒店|工作室|经营部|商行|协会|局$|[院所社部]$/;
const PERSON = /^(?:\p{Script=Han}{2,4}|\p{Script=Han}[*＊xX○]{1,3}|[*＊]{1,3}\p{Script=Han}{1,2})$/u;
const BY_CATEGORY: readonly (readonly [RegExp, SubjectType])[] = [
  [/公共(?:就业|招聘)/, 'public'],
  [/经营性|人力资源服务机构|职业中介/, 'agency'],
  [/用人单位|自主招聘|企业招聘/, 'employer'],
  [/个人/, 'individual'],
];

const typed = (type: SubjectType, reason: string): AccountType => ({ type, reason });

function bySubject(subject: string): AccountType | null {
  const found = (pattern: RegExp): string | undefined => pattern.exec(subject)?.[0];
  const body = found(PUBLIC_BODY);
  if (body && !/公司/.test(subject)) return typed('public', `主体名称“${subject}”含“${body}”`);
  const platform = found(PLATFORM);
  if (platform) return typed('platform', `主体名称“${subject}”含“${platform}”`);
  const agency = found(AGENCY);
  if (agency) return typed('agency', `主体名称“${subject}”含“${agency}”`);
  return null;
}

/** Types an account; `unknown` when nothing says. @param account as the platform and the adapter describe it */
export function typeAccount(account: TypedFields): AccountType {
  const subject = account.subjectName?.trim() ?? '';
  const named = subject ? bySubject(subject) : null;
  if (named) return named;
  const category = account.category?.trim() ?? '';
  const byCategory = BY_CATEGORY.find(([pattern]) => pattern.test(category));
  if (account.subjectType === 'individual') return typed('individual', '平台标示账号主体为个人');
  if (byCategory) return typed(byCategory[1], `平台账号类别为“${category}”`);
  if (account.subjectType && account.subjectType !== 'unknown') return typed(account.subjectType, '按平台标示的主体类型');
  if (subject && ORGANISATION.test(subject)) return typed('employer', `主体“${subject}”为单位，名称和类别未见人力资源服务字样`);
  if (subject && PERSON.test(subject)) return typed('individual', `主体“${subject}”为人名`);
  const own = `${account.name ?? ''} ${account.description ?? ''}`;
  const words = /代招|职业中介|劳务派遣|猎头|招聘代理|人力资源/.exec(own)?.[0];
  if (words) return typed('agency', `账号名称或简介含“${words}”`);
  return typed('unknown', '账号未公示主体，名称、类别、简介均不足以判断');
}
