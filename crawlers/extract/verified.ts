/**
 * What a platform's mark of verification says of the subject behind an account. The words beside the mark are the
 * platform's display phrase ("某公司官方微博"), not an entry of a register: they are kept as written, and the
 * organisation they name is taken out of them.
 */
const CHANNEL = /(?:的)?(?:唯一)?(?:官方)?(?:认证)?(?:微博|账号|帐号|账户|抖音号|快手号|企业号|号|频道|主页)$/;
const LEAD = /^(?:企业认证|机构认证|官方认证|(?:bilibili|哔哩哔哩|抖音|快手|微博|小红书)?\s*(?:机构|企业|官方)?认证)[:：]\s*/i;

/** The organisation named by a phrase of verification; undefined when there is no phrase. */
export function verifiedSubject(phrase: string | undefined): string | undefined {
  const said = phrase?.replace(/\s+/g, ' ').trim().replace(LEAD, '').trim() ?? '';
  const name = said.replace(CHANNEL, '').trim();
  return (name === '' ? said : name) || undefined;
}
