/**
 * The error catalogue: every error Pincha throws has a code, an HTTP status, a retry policy and words in both
 * languages. Nothing else is thrown on purpose. `{name}` placeholders are filled from `details`, so the message
 * names the field, file or address that is wrong.
 */
interface ErrorRow {
  readonly status: number;
  readonly retry: boolean;
  readonly zh: string;
  readonly en: string;
}
const row = (status: number, retry: boolean, zh: string, en: string): ErrorRow => ({ status, retry, zh, en });

export const ERRORS = {
  CONFIG_INVALID: row(500, false, '配置有误：{faults}', 'Configuration is wrong: {faults}'),
  PORT_TAKEN: row(500, false, '端口 {port} 已被占用；请停止占用者，或用 PORT=其他端口 启动', 'Port {port} is taken; stop its owner or start with PORT=another'),
  DATA_LOCKED: row(
    500,
    false,
    '数据目录 {dir} 正由进程 {pid} 使用；请先停止它，或用 PINCHA_DATA 指定另一目录',
    'Data folder {dir} is in use by process {pid}; stop it or set PINCHA_DATA to another folder',
  ),
  DISK_FULL: row(
    507,
    true,
    '磁盘空间不足：{path} 仅余 {freeMb} MB，至少需要 {needMb} MB；已停止写入，已存数据未受影响',
    'Disk full: {path} has {freeMb} MB free, {needMb} MB are needed; writing stopped, stored data is intact',
  ),
  DATABASE_START: row(500, true, '内置数据库无法启动：{reason}', 'The embedded database cannot start: {reason}'),
  DATABASE_UNREACHABLE: row(503, true, '数据库无法连接：{reason}', 'The database cannot be reached: {reason}'),
  BROWSER_MISSING: row(500, false, '未找到可用的浏览器：{reason}', 'No usable browser: {reason}'),
  FILE_UNREADABLE: row(400, false, '无法读取文件 {file}：{reason}', 'Cannot read {file}: {reason}'),
  FILE_TOO_LARGE: row(413, false, '{file} 超过上限 {limit}', '{file} is over the limit of {limit}'),
  COLUMNS_UNKNOWN: row(400, false, '{file} 中未能识别“{field}”列；表头为：{header}', 'No column of {file} could be read as "{field}"; the header is: {header}'),
  RULES_INVALID: row(400, false, '规则包有误 {place}：{reason}', 'Rule pack is wrong at {place}: {reason}'),
  MODEL_INVALID: row(400, false, '模型文件不可用 {place}：{reason}', 'Model file is unusable at {place}: {reason}'),
  PLATFORM_UNKNOWN: row(400, false, '未知平台 {platform}；可用：{known}', 'Unknown platform {platform}; known: {known}'),
  INPUT_INVALID: row(400, false, '输入有误 {field}：{reason}', 'Input is wrong at {field}: {reason}'),
  ADDRESS_REFUSED: row(400, false, '拒绝访问该地址 {url}：{reason}', 'Address {url} is refused: {reason}'),
  FETCH_FAILED: row(502, true, '抓取失败 {url}：{reason}', 'Fetch failed {url}: {reason}'),
  STORE_FAILED: row(503, true, '存证存储 {place} 失败：{reason}', 'The evidence store failed at {place}: {reason}'),
  EVIDENCE_BROKEN: row(500, false, '证据校验失败 {place}：{reason}', 'Evidence check failed at {place}: {reason}'),
  LOGIN_FAILED: row(401, false, '账号或口令不正确', 'Wrong login or password'),
  LOGIN_LOCKED: row(429, false, '尝试次数过多，请 {minutes} 分钟后再试', 'Too many attempts; try again in {minutes} minutes'),
  SESSION_EXPIRED: row(
    401,
    false,
    '登录已过期，请重新登录；未提交的内容仍在本页',
    'The session has expired; log in again, what you typed is still on the page',
  ),
  CSRF_INVALID: row(403, false, '页面已过期，请刷新后重试', 'The page is stale (x-csrf header missing or wrong); reload it'),
  FORBIDDEN: row(403, false, '没有权限：需要“{capability}”，请联系系统管理员授予', 'Not permitted: needs "{capability}"; ask an administrator'),
  FOUR_EYES: row(403, false, '须由另一人办理：{reason}', 'Another person must do this: {reason}'),
  NOT_FOUND: row(404, false, '未找到{what}', '{what} was not found'),
  TRANSITION_INVALID: row(409, false, '当前状态“{from}”不能执行“{action}”', 'State "{from}" does not allow "{action}"'),
  GUARD_FAILED: row(409, false, '条件不满足：{reason}', 'A condition is not met: {reason}'),
  STALE: row(409, false, '已被他人更新，请查看差异后重试', 'Someone else changed this; look at the difference and try again'),
  ALREADY_ANSWERED: row(409, false, '该通知已有不同的回执：{reason}', 'The notice already has a different receipt: {reason}'),
  KEY_REUSED: row(409, false, '幂等键 {key} 已用于内容不同的另一批', 'The idempotency key {key} was used for a batch with another content'),
  TOO_MANY_WAITING: row(429, true, '待处理的批次过多，请 {seconds} 秒后重试', 'Too many batches wait; try again in {seconds} seconds'),
  SIGNATURE_INVALID: row(401, false, '签名不正确或已过期', 'The signature is wrong or expired'),
  JOB_UNKNOWN: row(500, false, '任务表有误：{reason}', 'The job table is wrong: {reason}'),
  INTERRUPTED: row(499, true, '已中断：{reason}', 'Interrupted: {reason}'),
  INTERNAL: row(500, false, '内部错误（{reason}）', 'Internal error ({reason})'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

const fill = (template: string, details: ErrorDetails): string => template.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? '?'));

/** The only error class of Pincha. `retry` tells a queue whether trying again can help. */
export class PinchaError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly retry: boolean;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, cause?: unknown) {
    super(fill(ERRORS[code].zh, details), cause === undefined ? undefined : { cause });
    this.name = 'PinchaError';
    this.code = code;
    this.status = ERRORS[code].status;
    this.retry = ERRORS[code].retry;
    this.details = details;
  }

  /** The message in English, for logs and `--lang en`. */
  get english(): string {
    return fill(ERRORS[this.code].en, this.details);
  }
}

/** The words of any thrown value, for a `reason` detail. */
export const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
