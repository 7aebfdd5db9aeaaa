/** What a post that was read is known by, however it came to us: its number, its content, and how many of its pictures count. */
import { canonicalJson, sha256 } from '../core/digest.ts';
import type { PostInput } from '../core/model/post.ts';
import { storableText } from '../core/storable.ts';

/** Pictures of one post that are read. */
const MAX_PICTURES = 30;
const LONGEST_ID = 300;

/** Content that makes a post another version: what it says, not when it was read ("3小时前" is another word an hour later). */
export const contentDigest = ({ account: _account, publishedAt: _at, publishedText: _said, ...content }: PostInput): string => sha256(canonicalJson(content));

/** What a post is known by: its own number, else its address, else its words. @param digest of its content, where that is at hand */
export const externalIdOf = (input: PostInput, digest?: string): string =>
  // Made storable after it was cut: a cut may leave half of a pair.
  storableText((input.id ?? input.url ?? digest ?? contentDigest(input)).slice(0, LONGEST_ID));

export const picturesOf = ({ images = [] }: { readonly images?: readonly string[] | undefined }): readonly string[] => images.slice(0, MAX_PICTURES);
