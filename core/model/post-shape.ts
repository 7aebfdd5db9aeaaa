/**
 * A quick look at a parsed post: millions pass through screening, and nearly all have the plain shape the schema returns
 * unchanged. Whatever is odd in any way (a number for a text, a field too long, nothing to read) is left to the schema,
 * which alone decides and explains.
 */
import { type PostInput, SUBJECT_TYPES } from './post.ts';

type Longest = Readonly<Record<string, number | undefined>>;
const table = (rows: Readonly<Record<string, number>>): Longest => Object.assign(Object.create(null), rows);

/** Longest value of each text field; `schema` and this table are held together by a property test. */
const POST: Longest = table({
  id: 300,
  platform: 60,
  title: 2_000,
  company: 1_000,
  salary: 500,
  location: 1_000,
  text: 5_000_000,
  sex: 100,
  age: 100,
  education: 200,
  headcount: 100,
  validUntil: 60,
  publishedAt: 60,
  url: 4_000,
  imageText: 200_000,
  businessScope: 20_000,
});
const ACCOUNT: Longest = table({
  id: 300,
  name: 500,
  alias: 300,
  description: 5_000,
  subjectName: 500,
  uscc: 40,
  category: 200,
  licenceNo: 200,
  verifiedAt: 60,
});
const IMAGES = { items: 200, each: 8_000 };
const CONTACTS = { items: 1_000, each: 500 };
const SUBJECTS: ReadonlySet<unknown> = new Set(SUBJECT_TYPES);

const isPlainObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function textsFit(value: Record<string, unknown>, longest: Longest): boolean {
  for (const key in value) {
    if (key === '__proto__') return false;
    const most = longest[key];
    if (most === undefined) continue;
    const text = value[key];
    if (typeof text !== 'string' || text.length > most) return false;
  }
  return true;
}

function listFits(list: unknown, { items, each }: typeof IMAGES): boolean {
  return list === undefined || (Array.isArray(list) && list.length <= items && list.every((item) => typeof item === 'string' && item.length <= each));
}

function accountFits(account: unknown): boolean {
  if (account === undefined) return true;
  if (!isPlainObject(account) || !textsFit(account, ACCOUNT)) return false;
  const { subjectType, verified } = account;
  return (subjectType === undefined || SUBJECTS.has(subjectType)) && (verified === undefined || typeof verified === 'boolean');
}

const says = (text: unknown): boolean => typeof text === 'string' && /\S/.test(text);

/** @param value as `JSON.parse` gave it @returns true only when `postInputSchema` would accept it and return it as it is */
export function isPlainPost(value: unknown): value is PostInput {
  if (!isPlainObject(value) || !textsFit(value, POST)) return false;
  if (!listFits(value['images'], IMAGES) || !listFits(value['contacts'], CONTACTS)) return false;
  return accountFits(value['account']) && (says(value['text']) || says(value['title']) || says(value['imageText']));
}
