/**
 * Turns everything that can go wrong into one answer shape, `{error: {code, message, details}}`. What the caller did
 * wrong is named by field; what we did wrong is logged in full and told only by a number.
 */
import type { FastifyBaseLogger, FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { PinchaError, reasonOf } from '../core/errors.ts';

const codeOf = (thrown: unknown): string => {
  if (typeof thrown !== 'object' || thrown === null) return '';
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return 'cause' in thrown ? codeOf(thrown.cause) : '';
};

const field = (path: string, context: string | undefined): string => path.replace(/^\//, '').replaceAll('/', '.') || (context ?? 'body');
const UNREACHABLE = /^(ECONN|EPIPE|ETIMEDOUT|ENOENT|57P0|08)/;
/** PostgreSQL: text with a NUL, or with bytes that are no text; JSON with half of a surrogate pair, which shares its code with much else. */
const UNTEXT = new Set(['22021', '22P05']);
const untext = (code: string, thrown: unknown): boolean => UNTEXT.has(code) || (code === '22P02' && /type json\b/.test(deepest(thrown)));
const deepest = (thrown: unknown): string => (thrown instanceof Error ? (thrown.cause === undefined ? thrown.message : deepest(thrown.cause)) : '');

function fromFramework(error: FastifyError): PinchaError | null {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new PinchaError('FILE_TOO_LARGE', { file: '请求正文', limit: '1 MB', field: 'body' }, error);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new PinchaError('INPUT_INVALID', { field: 'content-type', reason: '须为 application/json' }, error);
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new PinchaError('INPUT_INVALID', { field: 'body', reason: '不是有效的 JSON' }, error);
    default:
      return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
        ? new PinchaError('INPUT_INVALID', { field: 'request', reason: error.message }, error)
        : null;
  }
}

/** Any thrown value as an error of the catalogue. */
export function asPincha(thrown: unknown, requestId: string): PinchaError {
  if (thrown instanceof PinchaError) return thrown;
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    const first = thrown.validation[0];
    return new PinchaError('INPUT_INVALID', { field: field(first?.instancePath ?? '', thrown.validationContext), reason: first?.message ?? '' }, thrown);
  }
  const code = codeOf(thrown);
  if (untext(code, thrown)) return new PinchaError('INPUT_INVALID', { field: 'body', reason: '含有不能存储的字符' }, thrown);
  const framework = thrown instanceof Error && code.startsWith('FST_') ? fromFramework(thrown as FastifyError) : null;
  if (framework) return framework;
  if (UNREACHABLE.test(code)) return new PinchaError('DATABASE_UNREACHABLE', { reason: code }, thrown);
  return new PinchaError('INTERNAL', { reason: requestId }, thrown);
}

/** The error handler of the whole server. */
export function answerFault(log: FastifyBaseLogger) {
  return (thrown: unknown, req: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const fault = asPincha(thrown, req.id);
    if (fault.status >= 500) log.error({ err: thrown, url: req.url, requestId: req.id }, reasonOf(thrown));
    return reply
      .status(fault.status)
      .type('application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(JSON.stringify({ error: { code: fault.code, message: fault.message, details: fault.details } }));
  };
}
