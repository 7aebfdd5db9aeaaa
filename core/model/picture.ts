/**
 * Ways to reach an advertiser, and what was read from a picture: its words line by line, its codes, its look. A
 * reading belongs to the bytes of the picture (their SHA-256) and to the engine that made it, so it is made once.
 */
import { z } from 'zod';

export const CONTACT_KINDS = ['phone', 'wechat', 'qq', 'group', 'email', 'link'] as const;
export const contactKindSchema = z.enum(CONTACT_KINDS);
/** `group` is the number of a QQ or other chat group; `link` an address on the web. */
export type ContactKind = z.infer<typeof contactKindSchema>;

export const READING_OUTCOMES = ['ok', 'no_text', 'too_large', 'unreadable', 'timeout', 'unsupported'] as const;
export const readingOutcomeSchema = z.enum(READING_OUTCOMES);
/** `ok`: words or a code were read. `unreadable`: the bytes are no whole picture. `unsupported`: a format we do not decode. */
export type ReadingOutcome = z.infer<typeof readingOutcomeSchema>;

export const PICTURE_STATES = [...READING_OUTCOMES, 'waiting', 'off'] as const;
/** What came of a picture of a post so far: what its reading came to, that its turn has not come, or that nothing is read here. */
export type PictureState = (typeof PICTURE_STATES)[number];

/** Corners in pixels of the picture as published, clockwise from the line's own top left: x0, y0, … x3, y3. */
export const cornersSchema = z.array(z.number()).length(8);

export const pictureLineSchema = z.object({
  text: z.string(),
  /** What joins it to the line before: nothing within a sentence that was wrapped, a blank within a row, else a line break. */
  before: z.enum(['', ' ', '\n']),
  /** Mean probability of the characters, 0–1. */
  confidence: z.number(),
  box: cornersSchema,
});
/** One line of words in a picture. */
export type PictureLine = z.infer<typeof pictureLineSchema>;

export const CODE_KINDS = [
  'wechat-person',
  'wechat-group',
  'wechat-account',
  'wechat-work',
  'wechat-mini',
  'qq-person',
  'qq-group',
  'pay',
  'link',
  'text',
] as const;
export const codeKindSchema = z.enum(CODE_KINDS);
/** Where a QR code leads, as far as its payload tells. */
export type CodeKind = z.infer<typeof codeKindSchema>;

export const pictureCodeSchema = z.object({ payload: z.string(), kind: codeKindSchema, box: cornersSchema });
export type PictureCode = z.infer<typeof pictureCodeSchema>;

export const pictureReadingSchema = z.object({
  /** `pp-ocr-v4@…`: another engine or version reads the picture anew. */
  engine: z.string(),
  outcome: readingOutcomeSchema,
  reason: z.string().nullable(),
  format: z.string().nullable(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  /** Degrees the words are turned clockwise from upright. */
  turn: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  lines: z.array(pictureLineSchema),
  codes: z.array(pictureCodeSchema),
  /** 64-bit difference hash as 16 hexadecimal digits; pictures that look alike differ in few bits. Null when nothing was decoded. */
  look: z.string().nullable(),
  /** Time of the reading, ms. */
  elapsedMs: z.number(),
});
export type PictureReading = z.infer<typeof pictureReadingSchema>;

/** What a picture that could not be read comes to. */
export const unread = (engine: string, outcome: ReadingOutcome, reason: string | null, seen: Partial<PictureReading> = {}): PictureReading => ({
  engine,
  format: null,
  width: null,
  height: null,
  turn: 0,
  lines: [],
  codes: [],
  look: null,
  elapsedMs: 0,
  ...seen,
  outcome,
  reason,
});

const CODE_WORDS: Readonly<Record<CodeKind, string>> = {
  'wechat-person': '微信个人名片',
  'wechat-group': '微信群',
  'wechat-account': '公众号',
  'wechat-work': '企业微信',
  'wechat-mini': '小程序',
  'qq-person': 'QQ名片',
  'qq-group': 'QQ群',
  pay: '收款码',
  link: '链接',
  text: '文字',
};

/** The words of a picture as one text, its codes at the end, each named by where it leads: `【二维码·微信群】https://…`. */
export function wordsOfPicture({ lines, codes }: Pick<PictureReading, 'lines' | 'codes'>): string {
  const words = lines.map((line, i) => `${i === 0 ? '' : line.before}${line.text}`).join('');
  const told = codes.map(({ kind, payload }) => `【二维码·${CODE_WORDS[kind]}】${payload}`);
  return [...(words ? [words] : []), ...told].join('\n');
}

const BEGINNINGS: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF.{4}WEBP/s],
];
/** What a picture is by its own bytes, whatever its host called it; null for what no browser should take for a picture. */
export const pictureTypeOf = (bytes: Buffer): string | null => BEGINNINGS.find(([, begins]) => begins.test(bytes.toString('latin1', 0, 16)))?.[0] ?? null;
