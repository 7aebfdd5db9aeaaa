/** What comes in without being crawled: pushed batches, files of posts, and captures people hand in, as the API and the store speak of them. */
import { z } from 'zod';

/** Most posts of one pushed batch, and most bytes of its body. */
export const BATCH_POSTS = 1_000;
export const BATCH_BYTES = 8 * 1_048_576;

/** The shape of a pushed batch; each post is checked by itself, so that one wrong post does not refuse the others. */
export const batchBody = z.object({
  /** The platform's own id of the batch; without it, and without an Idempotency-Key, the webhook-id is the key. */
  batchId: z.string().min(1).max(200).optional(),
  posts: z.array(z.unknown()).min(1).max(BATCH_POSTS),
});

export const batchError = z.object({
  /** Place of the post in the batch, from 0. */
  index: z.number().int(),
  id: z.string().nullable(),
  field: z.string(),
  reason: z.string(),
});
export const batchAnswer = z.object({
  batchId: z.string().uuid(),
  key: z.string(),
  received: z.number().int(),
  accepted: z.number().int(),
  rejected: z.number().int(),
  errors: z.array(batchError),
  receivedAt: z.string(),
});
export type BatchAnswer = z.infer<typeof batchAnswer>;

export const batchState = batchAnswer.extend({
  state: z.enum(['waiting', 'stored', 'failed']),
  /** Posts that were new or changed; null until the batch is stored. */
  fresh: z.number().int().nullable(),
  storedAt: z.string().nullable(),
  /** Which posts of a stored batch could not be stored for what they say; null when all were. */
  reason: z.string().nullable(),
});

/** How something came to us that we did not fetch. */
export const OBTAINED = ['platform_push', 'data_share', 'own_session', 'complaint', 'inspection', 'public_page', 'other'] as const;
export type HowObtained = (typeof OBTAINED)[number];
export const OBTAINED_ZH: Record<HowObtained, string> = {
  platform_push: '平台推送',
  data_share: '批量共享',
  own_session: '机关自有账号登录获取',
  complaint: '投诉举报人提供',
  inspection: '检查取证',
  public_page: '公开页面保存',
  other: '其他',
};

export const IMPORT_ORIGINS = ['command', 'upload', 'folder'] as const;
export type ImportOrigin = (typeof IMPORT_ORIGINS)[number];

/** Who handed a capture in and how it was obtained. */
export const originView = z.object({
  obtained: z.enum(OBTAINED),
  note: z.string().nullable(),
  by: z.string(),
  file: z.string().nullable(),
  fileSha256: z.string().nullable(),
  part: z.string().nullable(),
  obtainedAt: z.string().nullable(),
  importedAt: z.string(),
});
export type OriginView = z.infer<typeof originView>;

export const importView = z.object({
  id: z.string().uuid(),
  name: z.string(),
  sha256: z.string(),
  size: z.number(),
  platform: z.string(),
  origin: z.enum(IMPORT_ORIGINS),
  by: z.string(),
  state: z.enum(['running', 'stopped', 'done', 'failed']),
  reason: z.string().nullable(),
  posts: z.number().int(),
  fresh: z.number().int(),
  rejected: z.number().int(),
  /** Posts a second of the time spent storing; null before the first batch. */
  rate: z.number().nullable(),
  startedAt: z.string(),
  updatedAt: z.string(),
  endedAt: z.string().nullable(),
});
export type ImportView = z.infer<typeof importView>;
export const importPage = z.object({
  items: z.array(importView),
  /** Accounts whose new posts wait to be screened. */
  accountsWaiting: z.number().int(),
});
export type ImportPage = z.infer<typeof importPage>;
/** Lines of a file that could not be read, the first ones: where each stands and what is wrong with it. */
export const importRejects = z.object({
  items: z.array(z.object({ part: z.string().nullable(), line: z.number().int(), reason: z.string() })),
  /** Of all, those that are not among the items. */
  more: z.number().int(),
});
export type ImportRejects = z.infer<typeof importRejects>;
/** What an upload is called, whose posts it holds, and which column is which as `field=column` pairs. */
export const uploadQuery = z.object({
  name: z.string().trim().min(1).max(200),
  platform: z
    .string()
    .regex(/^[\w-]{1,60}$/, '须为 1 至 60 个字母、数字、_ 或 -')
    .default('import'),
  map: z.union([z.string().max(300), z.array(z.string().max(300)).max(40)]).optional(),
});
