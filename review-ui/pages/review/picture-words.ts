/** The words read from a post's pictures, taken apart again picture by picture. */
import { PICTURE_BREAK } from '../../../core/model/post.ts';

/** What one picture says, and where that begins in `imageText`, in UTF-16 units. */
export interface PictureWords {
  readonly from: number;
  readonly text: string;
}

/** @returns the words of each of `count` pictures, '' for one without */
export function wordsOfPictures(imageText: string | undefined, count: number): PictureWords[] {
  const parts = (imageText ?? '').split(PICTURE_BREAK);
  const begins = parts.map((_, n) => parts.slice(0, n).reduce((sum, part) => sum + part.length + PICTURE_BREAK.length, 0));
  return Array.from({ length: count }, (_, n) => ({ from: begins[n] ?? 0, text: parts[n] ?? '' }));
}
