/** What a file of captures comes apart into: pages as they were answered, pictures, and chats. */

export interface HandedPage {
  /** Address it was answered at; null where the file does not say. */
  readonly url: string | null;
  readonly status: number;
  /** As the server said it, charset included; null when nobody said. */
  readonly contentType: string | null;
  /** After transfer and content decoding. */
  readonly body: Buffer;
  /** When it was answered or saved; null where the file does not say. */
  readonly at: Date | null;
  /** Which part of the file; null for a file that is one page. */
  readonly part: string | null;
}

/** Bounds that every format keeps to. */
export const IMPORT_LIMITS = {
  /** Bytes of a file of captures. */
  file: 512_000_000,
  /** Bytes of a file that is read as one text (HTML, MHTML, HAR, JSON, chats). */
  text: 128_000_000,
  /** Bytes of one page or picture. */
  body: 32_000_000,
  /** Bytes all parts of a file unpack to. */
  unpacked: 2_000_000_000,
  /** Parts of a file. */
  parts: 20_000,
} as const;

const PICTURE = /^image\/(png|jpe?g|webp|gif)\b/i;
const TEXT = /^(text\/|application\/([\w.+-]*\+)?(json|xml|xhtml|javascript)|application\/x-javascript)/i;
const NOT_A_PAGE = /^text\/(css|javascript|x-component)|^application\/(x-)?javascript/i;

export const isPicture = ({ contentType }: Pick<HandedPage, 'contentType'>): boolean => PICTURE.test(contentType ?? '');
/** Whether an adapter may have something to read in it. */
export const isReadable = ({ contentType, status }: Pick<HandedPage, 'contentType' | 'status'>): boolean =>
  status < 600 && (contentType === null || (TEXT.test(contentType) && !NOT_A_PAGE.test(contentType)));

/** An http(s) address, or null. */
export function addressOf(written: string | null | undefined): string | null {
  const text = written?.trim().replace(/^<(.*)>$/, '$1') ?? '';
  return /^https?:\/\//i.test(text) && text.length <= 8_000 && URL.canParse(text) ? text : null;
}
