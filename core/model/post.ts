/**
 * The one post shape of Pincha: files, pushes, adapters and screening all speak it, one JSON object a line.
 * Only `text` or an image is required; unknown fields are kept as given, so nothing a platform sends is lost.
 * Sizes are bounded here because every post is hostile input until it has passed this schema.
 */
import { z } from 'zod';

export const SUBJECT_TYPES = ['employer', 'agency', 'platform', 'public', 'individual', 'unknown'] as const;
export const subjectTypeSchema = z.enum(SUBJECT_TYPES);
export type SubjectType = z.infer<typeof subjectTypeSchema>;

/** Longest text kept of one post, in UTF-16 code units; longer ones are cut and marked `textCut`. */
export const MAX_TEXT = 200_000;

const short = (max: number) => z.preprocess((v) => (typeof v === 'number' ? String(v) : v), z.string().max(max));

export const accountInputSchema = z.looseObject({
  id: short(300).optional(),
  name: short(500).optional(),
  alias: short(300).optional(),
  description: short(5_000).optional(),
  subjectName: short(500).optional(),
  subjectType: subjectTypeSchema.optional(),
  uscc: short(40).optional(),
  category: short(200).optional(),
  verified: z.boolean().optional(),
  licenceNo: short(200).optional(),
  verifiedAt: short(60).optional(),
});
/** An account as a file, a push or an adapter describes it. */
export type AccountInput = z.infer<typeof accountInputSchema>;

export const postInputSchema = z
  .looseObject({
    id: short(300).optional(),
    platform: short(60).optional(),
    title: short(2_000).optional(),
    company: short(1_000).optional(),
    salary: short(500).optional(),
    location: short(1_000).optional(),
    text: z.string().max(5_000_000).optional(),
    sex: short(100).optional(),
    age: short(100).optional(),
    education: short(200).optional(),
    headcount: short(100).optional(),
    validUntil: short(60).optional(),
    publishedAt: short(60).optional(),
    url: short(4_000).optional(),
    images: z.array(z.string().max(8_000)).max(200).optional(),
    contacts: z.array(z.string().max(500)).max(1_000).optional(),
    /** Words read from the pictures (OCR, QR codes), picture after picture with PICTURE_BREAK between them. */
    imageText: short(200_000).optional(),
    businessScope: short(20_000).optional(),
    account: accountInputSchema.optional(),
  })
  .refine((p) => Boolean(p.text?.trim()) || Boolean(p.title?.trim()) || Boolean(p.imageText?.trim()) || (p.images?.length ?? 0) > 0, {
    message: 'text or an image is required',
    path: ['text'],
  });
/** A post as a file, a push or an adapter describes it. */
export type PostInput = z.infer<typeof postInputSchema>;

/** Stands between the words of two pictures in `imageText`. */
export const PICTURE_BREAK = '\n\f\n';
/** Which picture, from 0, an offset of `imageText` stands in. */
export const pictureAt = (imageText: string, offset: number): number => imageText.slice(0, offset).split(PICTURE_BREAK).length - 1;

/** The fields a finding may point into. */
export const QUOTABLE_FIELDS = [
  'title',
  'company',
  'salary',
  'location',
  'text',
  'imageText',
  'sex',
  'age',
  'education',
  'headcount',
  'businessScope',
] as const;
export type QuotableField = (typeof QUOTABLE_FIELDS)[number];
