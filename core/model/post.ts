/**
 * The one post shape of Pincha: files, pushes, adapters and screening all speak it, one JSON object a line.
 * Only `text` or an image is required; of unknown fields those are kept that a reader declares (`kept.ts`).
 * Sizes are bounded here because every post is hostile input until it has passed this schema.
 */
import { z } from 'zod';

export const SUBJECT_TYPES = ['employer', 'agency', 'platform', 'public', 'individual', 'unknown'] as const;
export const subjectTypeSchema = z.enum(SUBJECT_TYPES);
export type SubjectType = z.infer<typeof subjectTypeSchema>;

/** Longest text kept of one post, in UTF-16 code units; longer ones are cut and marked `textCut`. */
export const MAX_TEXT = 200_000;

const short = (max: number) => z.preprocess((v) => (typeof v === 'number' ? String(v) : v), z.string().max(max));

/** Longest value of each text of a post, in UTF-16 code units. */
export const POST_SIZES = {
  id: 300,
  platform: 60,
  title: 2_000,
  company: 1_000,
  salary: 500,
  location: 1_000,
  text: 5_000_000,
  sex: 100,
  age: 100,
  education: 200,
  headcount: 100,
  validUntil: 60,
  publishedAt: 60,
  url: 4_000,
  imageText: 200_000,
  businessScope: 20_000,
} as const;
/** The same of an account. */
export const ACCOUNT_SIZES = {
  id: 300,
  name: 500,
  alias: 300,
  description: 5_000,
  subjectName: 500,
  uscc: 40,
  category: 200,
  licenceNo: 200,
  verifiedAt: 60,
} as const;
/** Longest lists of a post, and longest item of each. */
export const LIST_SIZES = { images: { items: 200, each: 8_000 }, contacts: { items: 1_000, each: 500 } } as const;

export const accountInputSchema = z.looseObject({
  id: short(ACCOUNT_SIZES.id).optional(),
  name: short(ACCOUNT_SIZES.name).optional(),
  alias: short(ACCOUNT_SIZES.alias).optional(),
  description: short(ACCOUNT_SIZES.description).optional(),
  subjectName: short(ACCOUNT_SIZES.subjectName).optional(),
  subjectType: subjectTypeSchema.optional(),
  uscc: short(ACCOUNT_SIZES.uscc).optional(),
  category: short(ACCOUNT_SIZES.category).optional(),
  verified: z.boolean().optional(),
  licenceNo: short(ACCOUNT_SIZES.licenceNo).optional(),
  verifiedAt: short(ACCOUNT_SIZES.verifiedAt).optional(),
});
/** An account as a file, a push or an adapter describes it. */
export type AccountInput = z.infer<typeof accountInputSchema>;

export const postInputSchema = z
  .looseObject({
    id: short(POST_SIZES.id).optional(),
    platform: short(POST_SIZES.platform).optional(),
    title: short(POST_SIZES.title).optional(),
    company: short(POST_SIZES.company).optional(),
    salary: short(POST_SIZES.salary).optional(),
    location: short(POST_SIZES.location).optional(),
    text: z.string().max(POST_SIZES.text).optional(),
    sex: short(POST_SIZES.sex).optional(),
    age: short(POST_SIZES.age).optional(),
    education: short(POST_SIZES.education).optional(),
    headcount: short(POST_SIZES.headcount).optional(),
    validUntil: short(POST_SIZES.validUntil).optional(),
    publishedAt: short(POST_SIZES.publishedAt).optional(),
    url: short(POST_SIZES.url).optional(),
    images: z.array(z.string().max(LIST_SIZES.images.each)).max(LIST_SIZES.images.items).optional(),
    contacts: z.array(z.string().max(LIST_SIZES.contacts.each)).max(LIST_SIZES.contacts.items).optional(),
    /** Words read from the pictures (OCR, QR codes), picture after picture with PICTURE_BREAK between them. */
    imageText: short(POST_SIZES.imageText).optional(),
    businessScope: short(POST_SIZES.businessScope).optional(),
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
