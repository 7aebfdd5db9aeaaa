/**
 * The declaration of a board that is configured in YAML: where it is, and by which CSS selectors its lists and posts
 * are read. Nothing of it can run: no scripts, no patterns of its own making, selectors of a plain grammar only, all
 * of bounded size, so that a declaration written by a stranger costs no more than a page.
 */
import { load } from 'cheerio/slim';
import { z } from 'zod';
import { platformIds } from '../platforms/registry.ts';

const MAX_SELECTOR = 200;
const MAX_STEPS = 8;
const MAX_CHOICES = 6;
/** Pseudo-classes that cost no more than a look at the element's siblings. */
const PSEUDO = new Set(['first-child', 'last-child', 'only-child', 'first-of-type', 'last-of-type', 'nth-child', 'nth-of-type', 'empty', 'not']);

/** Why a selector is not taken; null when it is. */
export function selectorFault(selector: string): string | null {
  if (selector.length > MAX_SELECTOR) return `选择器超过 ${MAX_SELECTOR} 个字符`;
  const bare = selector.replace(/\[[^\]]*\]/g, '[]');
  for (const [, name = ''] of bare.matchAll(/::?([a-zA-Z-]+)/g)) if (!PSEUDO.has(name)) return `不支持 :${name}（可用：${[...PSEUDO].join('、')}）`;
  if ((bare.match(/:not/g) ?? []).length > 1) return ':not 只能用一次';
  if (/~/.test(bare)) return '不支持 ~（同级任意元素）';
  const choices = bare.split(',');
  if (choices.length > MAX_CHOICES) return `逗号分隔的选择器最多 ${MAX_CHOICES} 个`;
  if (choices.some((choice) => choice.trim().split(/[\s>+]+/).length > MAX_STEPS)) return `层级最多 ${MAX_STEPS} 级`;
  try {
    load('<p></p>')(selector);
    return null;
  } catch {
    return '不是有效的 CSS 选择器';
  }
}

const selectorSchema = z
  .string()
  .trim()
  .min(1)
  .superRefine((selector, context) => {
    const fault = selectorFault(selector);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });

/** How a value is taken: a selector alone is the text of its first element. */
const fieldSchema = z.union([
  selectorSchema.transform((select) => ({ select, attr: undefined, all: false, after: undefined, before: undefined })),
  z.strictObject({
    select: selectorSchema,
    /** An attribute instead of the text. */
    attr: z
      .string()
      .regex(/^[a-zA-Z][\w-]{0,40}$/)
      .optional(),
    /** All elements, a line each, instead of the first. */
    all: z.boolean().default(false),
    /** Only what stands after these words, and only what stands before those: `after: 发布时间：`. */
    after: z.string().min(1).max(50).optional(),
    before: z.string().min(1).max(50).optional(),
  }),
]);
export type FieldRule = z.infer<typeof fieldSchema>;

/** Fields of a post that a board may give; the sizes are those of every post. */
const POST_FIELDS = [
  'id',
  'title',
  'company',
  'salary',
  'location',
  'text',
  'sex',
  'age',
  'education',
  'experience',
  'headcount',
  'welfare',
  'publishedAt',
  'validUntil',
  'images',
] as const;
const ACCOUNT_FIELDS = ['id', 'name', 'description', 'subjectName', 'uscc', 'category', 'licenceNo', 'url'] as const;
const fieldsOf = <T extends readonly string[]>(names: T) => z.partialRecord(z.enum(names as unknown as [T[number], ...T[number][]]), fieldSchema);

const hostSchema = z.string().regex(/^(\*\.[a-z\d-]+(\.[a-z\d-]+)+|[a-z\d-]+(\.[a-z\d-]+)+)(:\d{1,5})?$/, '须如 rc.example.cn 或 *.example.cn');
const httpSchema = z
  .string()
  .max(2_000)
  .refine((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), '须为 http(s) 地址');

/** States a page may say of its post, and walls; each a selector whose element is there, with its words as the reason. */
const STATES = ['deleted', 'removed_by_platform', 'expired', 'unavailable', 'login_wall', 'captcha'] as const;

export const boardSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, '须为小写字母、数字和短横，以字母开头')
      .max(40)
      .refine((id) => !platformIds.includes(id) && id !== 'board', '与内置平台重名'),
    name: z.strictObject({ zh: z.string().trim().min(1).max(60), en: z.string().trim().min(1).max(60).optional() }),
    start: httpSchema,
    hosts: z.array(hostSchema).max(20).default([]),
    delayMs: z.number().int().min(1_000).max(600_000).default(3_000),
    render: z.enum(['never', 'when-missing']).default('never'),
    list: z.strictObject({
      item: selectorSchema,
      /** The link to the item's own page; without it the item is the post. */
      link: fieldSchema.optional(),
      next: fieldSchema.optional(),
      /** An element that stands there when the list says that it has nothing. */
      empty: selectorSchema.optional(),
      fields: fieldsOf(POST_FIELDS).default({}),
    }),
    post: z.strictObject({ fields: fieldsOf(POST_FIELDS), account: fieldsOf(ACCOUNT_FIELDS).default({}) }).optional(),
    states: z.partialRecord(z.enum(STATES), selectorSchema).default({}),
  })
  .superRefine((board, context) => {
    if (board.list.link && !board.post) context.addIssue({ code: 'custom', path: ['post'], message: '有 list.link 时必须给出 post.fields' });
    if (!board.list.link && !board.list.fields.title)
      context.addIssue({ code: 'custom', path: ['list', 'fields'], message: '没有 list.link 时必须给出 title' });
    if (board.post && !board.post.fields.title) context.addIssue({ code: 'custom', path: ['post', 'fields'], message: '必须给出 title' });
    if (board.post && !board.post.fields.text && !board.post.fields.images)
      context.addIssue({ code: 'custom', path: ['post', 'fields'], message: '必须给出 text 或 images' });
  });
export type Board = z.infer<typeof boardSchema>;
/** A board as written, before defaults. */
export type BoardInput = z.input<typeof boardSchema>;
