/**
 * From body bytes to text: byte order mark, header, meta or XML declaration, in the order browsers use; the Chinese
 * labels all mean GB18030, their superset. Lies common enough to see through: a page that says UTF-8 and is GBK, one
 * that says anything else and is UTF-8, and a server that calls whatever it sends Western.
 */
const MAX_BYTES = 32 * 1024 * 1024;
/** Browsers look at 1024 bytes; Chinese boards often put the declaration behind a block of comments. */
const PRESCAN_BYTES = 8_192;

export interface DecodedText {
  readonly text: string;
  /** As the Encoding standard names it. */
  readonly encoding: string;
  /** Who said so: `bom`, `header`, `meta`, `sniffed`. */
  readonly by: 'bom' | 'header' | 'meta' | 'sniffed';
}

/** The standard's name for a label, GB family folded into gb18030; null for labels it does not know. */
function encodingOf(label: string | null | undefined): string | null {
  if (label === null || label === undefined) return null;
  try {
    const { encoding } = new TextDecoder(label.trim().slice(0, 40));
    return encoding === 'gbk' ? 'gb18030' : encoding;
  } catch {
    return null;
  }
}

const bomOf = (body: Buffer): string | null => {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  return body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : null;
};

function metaOf(body: Buffer): string | null {
  const head = body.subarray(0, PRESCAN_BYTES).toString('latin1');
  const found = /<meta[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]{2,40})/i.exec(head) ?? /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})/i.exec(head);
  const encoding = encodingOf(found?.[1]);
  // A declaration that could be read as ASCII cannot stand in UTF-16 (HTML standard, prescan).
  return encoding?.startsWith('utf-16') ? 'utf-8' : encoding;
}

const strict = (body: Buffer, encoding: string): string | null => {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch {
    return null;
  }
};
const loose = (body: Buffer, encoding: string): string => new TextDecoder(encoding).decode(body);

/** A server's default for pages it does not know: what the page says of itself counts more. */
const WESTERN = 'windows-1252';

/** What a Chinese page is written with. */
const CHINESE = /^[\u0000-\u007f\u00a0-\u00bf\u2000-\u206f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*$/;

/** Well-formed three-byte sequences: eight of them are no accident in a GBK text, nor are three where all the rest is Chinese, too. */
const seemsUtf8 = (body: Buffer): boolean => {
  const text = strict(body, 'utf-8')?.slice(0, 200_000) ?? '';
  const wide = text.match(/[\u0800-\uffff]/g)?.length ?? 0;
  return wide >= 8 || (wide >= 3 && CHINESE.test(text));
};

/** Text that declares UTF-8 but is not: GB18030 when that reads it without a fault, else UTF-8 with replacement characters. */
function asUtf8(body: Buffer): { text: string; encoding: string } {
  const text = strict(body, 'utf-8');
  if (text !== null) return { text, encoding: 'utf-8' };
  const replaced = loose(body, 'utf-8');
  // One broken character in a long page is a cut, not another encoding.
  const faults = replaced.match(/\ufffd/g)?.length ?? 0;
  const right = replaced.match(/[\u4e00-\u9fff]/g)?.length ?? 0;
  const gb = faults > right ? strict(body, 'gb18030') : null;
  return gb === null ? { text: replaced, encoding: 'utf-8' } : { text: gb, encoding: 'gb18030' };
}

/** @param contentType the Content-Type header, if any. Never throws; at most 32 MB are read. */
export function decodeText(bytes: Buffer, contentType: string | null = null): DecodedText {
  const body = bytes.subarray(0, MAX_BYTES);
  const bom = bomOf(body);
  if (bom !== null) return { text: loose(body, bom), encoding: bom, by: 'bom' };
  const header = encodingOf(/charset\s*=\s*["']?\s*([\w.:-]{2,40})/i.exec((contentType ?? '').slice(0, 500))?.[1]);
  const own = header === null || header === WESTERN ? metaOf(body) : null;
  const [declared, by] = header === null || (own !== null && own !== WESTERN) ? [own, 'meta' as const] : [header, 'header' as const];
  if (declared === null || declared === 'utf-8') {
    const read = asUtf8(body);
    return { ...read, by: declared === read.encoding ? by : 'sniffed' };
  }
  if (!declared.startsWith('utf-16') && seemsUtf8(body)) return { text: loose(body, 'utf-8'), encoding: 'utf-8', by: 'sniffed' };
  return { text: loose(body, declared), encoding: declared, by };
}
