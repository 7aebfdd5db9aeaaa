/**
 * Bytes to text for pages and lists: byte-order mark, then what the bytes themselves say (valid UTF-8 is UTF-8),
 * then the declared charset, then GB18030. Declarations come after validity because Chinese sites often send
 * `charset=utf-8` over GBK bytes and the other way round.
 */
const DECLARED = /charset\s*=\s*["']?\s*([\w-]{2,30})/i;

const utf8Valid = (bytes: Uint8Array): boolean => {
  try {
    // A cut at the end of the sample must not count against it, hence the streaming flag.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
};

/** A WHATWG name for a declared charset; all Chinese single-country sets read as GB18030, which contains them. */
function known(label: string | undefined): string | null {
  if (!label) return null;
  if (/^(gb|x-gbk|chinese|iso-ir-58)/i.test(label)) return 'gb18030';
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}

/**
 * The charset of a byte sequence.
 * @param contentType the media type with parameters, when one came along
 */
export function detectCharset(bytes: Uint8Array, contentType: string | null = null): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (utf8Valid(bytes.subarray(0, 2_000_000))) return 'utf-8';
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 4_096));
  const declared = known(DECLARED.exec(contentType ?? '')?.[1]) ?? known(DECLARED.exec(head)?.[1]);
  return declared && declared !== 'utf-8' ? declared : 'gb18030';
}

/** Decodes bytes; undecodable ones become U+FFFD, never an error. */
export const decodeBytes = (bytes: Uint8Array, contentType: string | null = null): string => new TextDecoder(detectCharset(bytes, contentType)).decode(bytes);
