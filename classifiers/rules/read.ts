/**
 * A post as the rules read it: each quotable field folded once, with its way back to the original, and all fields
 * together for conditions that look at the whole post.
 */
import { type PostInput, QUOTABLE_FIELDS, type QuotableField } from '../../core/model/post.ts';
import type { Normalise, Normalised } from '../text/normalise.ts';

export interface ReadField {
  readonly field: QuotableField;
  readonly read: Normalised;
  /** Where the field begins in `whole`. */
  readonly at: number;
}
export interface ReadPost {
  readonly post: PostInput;
  readonly fields: readonly ReadField[];
  /** Every field, folded, one after the other. */
  readonly whole: string;
}

/** @param post at least one of title and text is present, or there is nothing to read */
export function readPost(post: PostInput, normalise: Normalise): ReadPost {
  const names: QuotableField[] = [];
  const texts: string[] = [];
  for (const field of QUOTABLE_FIELDS) {
    const value = post[field];
    if (typeof value !== 'string' || value === '') continue;
    names.push(field);
    texts.push(value);
  }
  const { whole, parts } = normalise.together(texts);
  return { post, fields: parts.map(({ at, read }, i) => ({ field: names[i] as QuotableField, read, at })), whole };
}
