/** Pages saved as MHTML (RFC 2557): the parts of the message with their addresses, transfer encodings undone. */

import { PinchaError } from '../../core/errors.ts';
import { storableTime } from '../../core/storable.ts';
import { addressOf, type HandedPage, IMPORT_LIMITS } from './types.ts';

/** Whether a file begins as a message does. */
export const isMhtml = (head: string): boolean =>
  /^\s*(from|subject|date|mime-version|content-type|snapshot-content-location|message-id):/i.test(head) && /content-type:\s*multipart\/related/i.test(head);

interface Part {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Headers with their folded lines put together, and what follows. */
function splitHead(text: string): Part {
  const end = /\r?\n\r?\n/.exec(text);
  const head = end ? text.slice(0, end.index) : text;
  const headers = new Map<string, string>();
  for (const line of head
    .slice(0, 65_536)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: end ? text.slice(end.index + end[0].length) : '' };
}

/** Quoted-printable (RFC 2045 §6.7) as bytes; a broken escape stays as it is. */
export const quotedPrintable = (text: string): Buffer =>
  Buffer.from(
    text.replace(/[ \t]*=\r?\n/g, '').replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

function bodyOf({ headers, body }: Part): Buffer {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body.replace(/[^A-Za-z0-9+/=]/g, ''), 'base64');
  return encoding === 'quoted-printable' ? quotedPrintable(body) : Buffer.from(body, 'latin1');
}

/** The parts of a saved page, the page itself first as it stands in the file. @throws PinchaError FILE_UNREADABLE */
export function* readMhtml(bytes: Buffer, file: string): Generator<HandedPage> {
  const whole = splitHead(bytes.toString('latin1'));
  const boundary = /boundary="?([^";\r\n]{1,200})"?/i.exec(whole.headers.get('content-type') ?? '')?.[1];
  if (boundary === undefined) throw new PinchaError('FILE_UNREADABLE', { file, reason: 'MHTML 没有分隔标记' });
  const own = addressOf(whole.headers.get('snapshot-content-location'));
  const at = storableTime(whole.headers.get('date'));
  const mark = `--${boundary}`;
  let [n, from] = [0, whole.body.indexOf(mark)];
  for (; from >= 0 && n < IMPORT_LIMITS.parts; n += 1) {
    const next = whole.body.indexOf(`\n${mark}`, from + mark.length);
    const text = whole.body.slice(from + mark.length, next < 0 ? undefined : next).replace(/^\r?\n/, '');
    from = next < 0 ? -1 : next + 1;
    if (text.startsWith('--')) break;
    const part = splitHead(text.replace(/\r$/, ''));
    const contentType = part.headers.get('content-type') ?? null;
    const url = addressOf(part.headers.get('content-location')) ?? (n === 0 ? own : null);
    const body = bodyOf(part);
    if (body.length > 0 && body.length <= IMPORT_LIMITS.body) yield { url, status: 200, contentType, body, at, part: String(n + 1) };
  }
  if (n === 0) throw new PinchaError('FILE_UNREADABLE', { file, reason: 'MHTML 没有内容' });
}
