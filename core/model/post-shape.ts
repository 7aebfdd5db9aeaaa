/**
 * A quick look at a parsed post: millions pass through screening, and nearly all have the plain shape the schema returns
 * unchanged. Whatever is odd in any way (a number for a text, a field too long, nothing to read) is left to the schema,
 * which alone decides and explains.
 */
import { ACCOUNT_SIZES, LIST_SIZES, POST_SIZES, type PostInput, SUBJECT_TYPES } from './post.ts';

type Longest = Readonly<Record<string, number | undefined>>;
/** Without a prototype: a field named like one of its members has no size here. */
const table = (rows: Readonly<Record<string, number>>): Longest => Object.assign(Object.create(null), rows);

const POST = table(POST_SIZES);
const ACCOUNT = table(ACCOUNT_SIZES);
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

function listFits(list: unknown, { items, each }: { readonly items: number; readonly each: number }): boolean {
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
  if (!listFits(value['images'], LIST_SIZES.images) || !listFits(value['contacts'], LIST_SIZES.contacts)) return false;
  return accountFits(value['account']) && (says(value['text']) || says(value['title']) || says(value['imageText']));
}
