/**
 * Publishing a text: fills its slots, shows its fields the way the platform does, and carries the truth over with
 * UTF-16 offsets in the final words. On a job board the fields stand beside the text; elsewhere a poster writes
 * them as lines at the end.
 */
import { PinchaError } from '../../core/errors.ts';
import type { QuotableField } from '../../core/model/post.ts';
import type { SandboxText } from '../texts/load.ts';
import type { PostTruth, SandboxAccount, SandboxPost } from './model.ts';
import type { Details } from './names.ts';

/** A company by its registered name, and the way people call it. */
export interface Firm {
  readonly full: string;
  readonly short: string;
}

export interface Publication {
  readonly id: string;
  readonly account: SandboxAccount;
  /** Who hires, and a second employer for texts of intermediaries. */
  readonly company: Firm;
  readonly client: Firm;
  /** Whether the account hires for itself; one that posts for others names the employer in full. */
  readonly own: boolean;
  readonly phone: string;
  readonly wechat: string;
  readonly details: Details;
  /** ISO instant, and YYYY-MM-DD until when the post is open. */
  readonly publishedAt: string;
  readonly validUntil: string;
}

const FIELD_LABELS = { sex: '性别', age: '年龄', education: '学历', headcount: '人数', salary: '薪资' } as const;
const SEARCH_ORDER = ['text', 'title', 'sex', 'age', 'education', 'headcount', 'salary'] as const satisfies readonly QuotableField[];

function slotValues(p: Publication): Record<string, string> {
  const [year, month, day] = p.validUntil.split('-');
  return {
    city: p.account.city,
    district: p.details.district,
    address: p.details.address,
    salary: p.details.salary,
    headcount: p.details.headcount,
    phone: p.phone,
    wechat: p.wechat,
    person: p.details.person,
    deadline: `${year}年${Number(month)}月${Number(day)}日`,
  };
}

/** A company stands with its registered name where its name ends, and as people call it where a trade follows ("…光电"). */
const FIRM_SLOT = /\{(company|client)\}(?=(.?))/gsu;
const ENDS_NAME = /^$|[\s，。、；：！？）】》,.;:!?)在]/u;

function fill(template: string, p: Publication, values: Record<string, string>): string {
  return template
    .replace(FIRM_SLOT, (_, name: 'company' | 'client', next: string) => (ENDS_NAME.test(next) ? p[name].full : p[name].short))
    .replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** @throws PinchaError INPUT_INVALID when a quote of the text is nowhere in the post: the text file is wrong. */
function locate(textId: string, truth: SandboxText['truth'], fields: Record<(typeof SEARCH_ORDER)[number], string>): PostTruth[] {
  return truth.map(({ kind, quote, exempt }) => {
    if (quote === undefined) return { kind, field: null, quote: null, start: null, end: null, exempt: exempt ?? false };
    for (const field of SEARCH_ORDER) {
      const start = fields[field].indexOf(quote);
      if (start >= 0) return { kind, field, quote, start, end: start + quote.length, exempt: exempt ?? false };
    }
    throw new PinchaError('INPUT_INVALID', { field: `sandbox/texts ${textId}`, reason: `quote ${quote} is not in the published post` });
  });
}

/** @returns the post as it stands on the platform, with its truth */
export function publish(text: SandboxText, p: Publication): SandboxPost {
  const values = slotValues(p);
  const board = p.account.platform === 'sandbox-board';
  const given = text.fields;
  // A text whose point is that something is missing shows nothing its writer did not give.
  const bare = text.truth.some((t) => t.kind === 'missing-element');
  const lines = board
    ? []
    : Object.entries(FIELD_LABELS).flatMap(([name, label]) =>
        given[name as keyof typeof FIELD_LABELS] ? [`${label}：${given[name as keyof typeof FIELD_LABELS]}`] : [],
      );
  const words = fill(text.text, p, values).trim();
  if (!board && !bare && !p.own && !words.includes(p.company.full)) lines.push(`招聘单位：${p.company.full}`);
  const body = [words, ...lines].join('\n');
  // The board shows pay and number beside the text only when they are the ones the text speaks of.
  const uses = (slot: string): boolean => `${text.title}${text.text}`.includes(`{${slot}}`);
  const beside = (name: keyof typeof FIELD_LABELS, otherwise: string): string => (board ? (given[name] ?? (bare ? '' : otherwise)) : '');
  const shown = {
    title: fill(text.title, p, values),
    text: body,
    sex: beside('sex', '不限'),
    age: beside('age', '不限'),
    education: beside('education', '不限'),
    headcount: beside('headcount', uses('headcount') ? `${p.details.headcount}人` : ''),
    salary: beside('salary', uses('salary') ? p.details.salary : ''),
  };
  return {
    id: p.id,
    platform: p.account.platform,
    account: p.account.externalId,
    textId: text.id,
    company: p.company.full,
    ...shown,
    location: board && !bare ? `${p.account.city}${p.details.address}` : '',
    validUntil: board && !bare ? p.validUntil : '',
    publishedAt: p.publishedAt,
    status: 'live',
    removedReason: '',
    poster: false,
    code: '',
    repostOf: null,
    credited: false,
    truth: locate(text.id, text.truth, shown),
  };
}
