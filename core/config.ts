/**
 * Configuration, read once at the door: one table of fields (environment name, schema, default, meaning) that
 * also generates `docs/configuration.md`. A wrong value stops the process with every fault listed.
 */
import path from 'node:path';
import { z } from 'zod';
import { PinchaError } from './errors.ts';
import './field-faults.ts';

interface Field<T extends z.ZodType> {
  readonly env: string;
  readonly schema: T;
  readonly zh: string;
  readonly en: string;
  readonly secret?: boolean;
}
const field = <T extends z.ZodType>(env: string, schema: T, zh: string, en: string, secret = false): Field<T> => ({ env, schema, zh, en, secret });

const flag = z.enum(['0', '1', 'true', 'false']).transform((v) => v === '1' || v === 'true');
const port = z.coerce.number().int().min(0).max(65_535);
const list = z.string().transform((v) =>
  v
    .split(',')
    .map((s) => s.trim())
    .filter(Boolean),
);

export const FIELDS = {
  port: field('PORT', port.default(8710), '网页端口；0 表示任取', 'Port of the web server; 0 takes any'),
  host: field('PINCHA_HOST', z.string().default('127.0.0.1'), '监听地址', 'Address to listen on'),
  dataDir: field('PINCHA_DATA', z.string().default('./data'), '数据目录', 'Data folder'),
  demo: field(
    'PINCHA_DEMO',
    flag.default(true),
    '演示模式：自带演示平台，所有页面与文书标注“演示”',
    'Demo mode: brings its own platform, marks every page and document',
  ),
  databaseUrl: field('DATABASE_URL', z.string().optional(), 'PostgreSQL 地址；不填则用内置数据库', 'PostgreSQL URL; embedded when empty', true),
  redisUrl: field('REDIS_URL', z.string().optional(), 'Redis 地址；不填则任务队列用 PostgreSQL', 'Redis URL; the queue uses PostgreSQL when empty', true),
  browserPath: field('PINCHA_BROWSER', z.string().optional(), '浏览器可执行文件', 'Browser executable'),
  issuer: field('PINCHA_ISSUER', z.string().max(100).default('演示市人力资源和社会保障局'), '文书落款机关', 'Authority that signs documents'),
  contact: field(
    'PINCHA_CONTACT',
    z.string().max(300).default('演示联系人 010-00000000'),
    '抓取标识与文书中的联系方式',
    'Contact shown to crawled hosts and on documents',
  ),
  allowPrivate: field(
    'PINCHA_ALLOW_PRIVATE',
    list.default([]),
    '允许抓取的内网 host:port（逗号分隔）；演示平台自动加入',
    'Private host:port the fetcher may visit; the sandbox adds its own',
  ),
  nightlyAt: field(
    'PINCHA_NIGHTLY',
    z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .default('01:30'),
    '夜间巡查时间（北京时间 HH:MM）',
    'Nightly run, HH:MM in Asia/Shanghai',
  ),
  floorDelayMs: field(
    'PINCHA_FLOOR_DELAY_MS',
    z.coerce.number().int().min(0).max(600_000).default(3_000),
    '同一主机两次请求的最小间隔（毫秒）；演示平台不受此限',
    'Least gap between requests to one host, ms (the sandbox has its own)',
  ),
  fetchConcurrency: field('PINCHA_FETCH_CONCURRENCY', z.coerce.number().int().min(1).max(64).default(6), '并行抓取的账号数', 'Accounts crawled in parallel'),
  sandboxSeed: field('PINCHA_SEED', z.coerce.number().int().min(0).default(2026), '演示数据种子', 'Seed of the demo data'),
  sandboxPort: field('PINCHA_SANDBOX_PORT', port.default(0), '演示平台端口；0 表示任取', 'Port of the sandbox platform; 0 takes any'),
  replayPort: field('PINCHA_REPLAY_PORT', port.default(0), '存证回放端口；0 表示任取', 'Port of the replay host; 0 takes any'),
  replayUrl: field(
    'PINCHA_REPLAY_URL',
    z
      .string()
      .regex(/^https?:\/\/\*\.[a-z0-9.-]{1,200}(:\d{1,5})?$/)
      .optional(),
    '从其他机器回放存证时的地址，如 https://*.replay.example.gov.cn（泛域名，与审核台不同名）；不填则只能在本机回放',
    'Where other machines reach the replay host, e.g. https://*.replay.example.gov.cn (a wildcard name of its own); empty: this machine only',
  ),
  ocr: field(
    'PINCHA_OCR',
    z.enum(['on', 'off']).default('on'),
    '识别招聘海报图片中的文字与二维码（on / off）',
    'Read the words and codes in pictures (on / off)',
  ),
  evidenceKey: field(
    'PINCHA_EVIDENCE_KEY',
    z.string().max(4_000).optional(),
    '为存证日根签名的私钥文件（PEM，Ed25519 或 SM2）；用 pincha evidence key create 生成；不填则不签名',
    'Private key file (PEM, Ed25519 or SM2) that signs the daily roots of the evidence ledger; made by pincha evidence key create; unsigned when empty',
  ),
  tsaUrl: field(
    'PINCHA_TSA_URL',
    z
      .url({ protocol: /^https?$/ })
      .max(1_000)
      .optional(),
    '为存证日根加盖时间戳的 RFC 3161 服务地址；不填则不加盖',
    'RFC 3161 service that time-stamps the daily roots; none when empty',
  ),
  tsaCa: field(
    'PINCHA_TSA_CA',
    z.string().max(4_000).optional(),
    '时间戳服务上级机构的证书文件（PEM）；不填则只验签名，不验是谁签的',
    'Certificates (PEM file) of the authorities above the time-stamp service; without it tokens are checked, not whose they are',
  ),
  store: field(
    'PINCHA_STORE',
    z
      .string()
      .regex(/^(files|s3:\/\/[a-z0-9][a-z0-9.-]{1,62}(\/[A-Za-z0-9][A-Za-z0-9._-]{0,60}){0,5}\/?)$/, 'files | s3://bucket/prefix')
      .default('files'),
    '存证字节存放处：files（数据目录内），或 s3://桶/前缀（任何支持 S3 接口的存储：AWS、MinIO、Ceph、阿里云 OSS、华为云 OBS）',
    'Where the bytes of the evidence stand: files (in the data folder), or s3://bucket/prefix (any store that speaks S3: AWS, MinIO, Ceph, Aliyun OSS, Huawei OBS)',
  ),
  s3Endpoint: field(
    'PINCHA_S3_ENDPOINT',
    z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional(),
    'S3 接口地址，如 https://minio.example.gov.cn:9000，可为内网地址；不填则为 AWS',
    'Address of the S3 interface, e.g. https://minio.example.gov.cn:9000, may be private; AWS when empty',
  ),
  s3Region: field(
    'PINCHA_S3_REGION',
    z
      .string()
      .regex(/^[a-z0-9-]{1,60}$/)
      .default('us-east-1'),
    'S3 区域',
    'Region of the S3 store',
  ),
  s3PathStyle: field(
    'PINCHA_S3_PATH_STYLE',
    flag.default(true),
    '桶名写在路径里（MinIO、Ceph、AWS）；阿里云 OSS、华为云 OBS 请设为 0，桶名写在主机名里',
    'Bucket in the path (MinIO, Ceph, AWS); set 0 for Aliyun OSS and Huawei OBS, which want it in the host name',
  ),
  s3KeyId: field('PINCHA_S3_KEY_ID', z.string().max(200).optional(), 'S3 访问密钥编号', 'Access key id of the S3 store'),
  s3Secret: field('PINCHA_S3_SECRET', z.string().max(500).optional(), 'S3 访问密钥', 'Secret access key of the S3 store', true),
  s3SecretFile: field(
    'PINCHA_S3_SECRET_FILE',
    z.string().max(4_000).optional(),
    '存有 S3 访问密钥的文件，代替 PINCHA_S3_SECRET',
    'File that holds the secret access key, instead of PINCHA_S3_SECRET',
  ),
  sessionHours: field('PINCHA_SESSION_HOURS', z.coerce.number().min(0.01).max(168).default(12), '登录有效时长（小时）', 'Hours a session lasts'),
  ackDays: field('PINCHA_ACK_DAYS', z.coerce.number().int().min(1).max(60).default(2), '平台签收期限（工作日）', 'Working days to acknowledge a notice'),
  actDays: field('PINCHA_ACT_DAYS', z.coerce.number().int().min(1).max(60).default(5), '平台处置期限（工作日）', 'Working days to act on a notice'),
  verifyDelayS: field(
    'PINCHA_VERIFY_DELAY_S',
    z.coerce.number().int().min(0).max(604_800).optional(),
    '平台回执后首次回访的延迟（秒）；演示模式默认 5，否则 300',
    'Seconds from the receipt to the first verification probe; 5 in demo mode, else 300',
  ),
  probeGapS: field(
    'PINCHA_PROBE_GAP_S',
    z.coerce.number().int().min(0).max(604_800).optional(),
    '两次回访之间的间隔（秒）；演示模式默认 3，否则 21600（6 小时）',
    'Seconds between verification probes; 3 in demo mode, else 21600 (6 h)',
  ),
  inboxDir: field(
    'PINCHA_INBOX',
    z.string().max(1_000).optional(),
    '监视文件夹：写入完成的招聘信息文件自动导入，随后移至其 done/ 或 failed/；子文件夹名即平台；不填则关闭',
    'Watched folder: files of posts laid there are imported once whole, then moved to its done/ or failed/; a subfolder names the platform; off when empty',
  ),
  uploadMb: field(
    'PINCHA_UPLOAD_MB',
    z.coerce.number().int().min(1).max(100_000).default(4_096),
    '网页上传文件的上限（MB）',
    'Largest file that may be uploaded, MB',
  ),
  screenLanes: field(
    'PINCHA_SCREEN_LANES',
    z.coerce.number().int().min(1).max(16).default(3),
    '导入与推送内容的筛查：同时处理的账号批数；每批占用一个数据库连接',
    'Screening of what was imported or pushed: batches of accounts under way at once; each takes a database connection',
  ),
  retention: field(
    'PINCHA_RETENTION',
    z.enum(['apply', 'tell']).default('apply'),
    '每夜销毁到期内容（apply），或只记录有多少到期（tell）；期限见 pincha retention terms',
    'Destroy what is due every night (apply), or only log how much is (tell); terms: pincha retention terms',
  ),
  logLevel: field('LOG_LEVEL', z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'), '日志级别', 'Log level'),
} as const;

type Fields = typeof FIELDS;
export type Config = Readonly<{ [K in keyof Fields]: z.output<Fields[K]['schema']> }>;

/**
 * Builds the configuration from an environment.
 * @throws PinchaError CONFIG_INVALID listing every wrong field by its environment name
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const out: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(FIELDS)) {
    const given = env[spec.env];
    const parsed = spec.schema.safeParse(given === '' ? undefined : given);
    if (parsed.success) out[name] = parsed.data;
    else faults.push(`${spec.env}(${parsed.error.issues.map((i) => i.message).join('; ')})`);
  }
  if (out.store !== 'files' && faults.length === 0) {
    if (!out.s3KeyId) faults.push('PINCHA_S3_KEY_ID(required with PINCHA_STORE=s3://…)');
    if (!out.s3Secret === !out.s3SecretFile) faults.push('PINCHA_S3_SECRET(either this or PINCHA_S3_SECRET_FILE, with PINCHA_STORE=s3://…)');
  }
  if (faults.length > 0) throw new PinchaError('CONFIG_INVALID', { faults: faults.join('、') });
  // Demo mode keeps its own folder, so that switching to real sources never touches it and the reverse.
  const base = path.resolve(String(out.dataDir));
  out.dataDir = out.demo ? path.join(base, 'demo') : path.join(base, 'live');
  out.verifyDelayS ??= out.demo ? 5 : 300;
  out.probeGapS ??= out.demo ? 3 : 21_600;
  return Object.freeze(out) as Config;
}
