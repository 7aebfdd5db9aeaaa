/**
 * What is wrong with a field, in the words of whoever filled it in: every schema of Pincha says it in Chinese, for the
 * messages reach people who import lists, push posts and write rules. Loaded for its effect, by `config.ts`.
 */
import { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: '文字',
  number: '数字',
  int: '整数',
  boolean: '是或否',
  array: '列表',
  object: '对象',
  record: '对象',
  date: '日期',
  null: '空',
  undefined: '没有填写',
  nan: '不是数字',
};
const SHOWN = 12;

const kindOf = (value: unknown): string => KINDS[value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value] ?? typeof value;
const sized = (origin: string, size: unknown): string =>
  origin === 'string' ? `${size} 字` : origin === 'array' || origin === 'set' ? `${size} 项` : `${size}`;

/** @returns what the field should have been; undefined leaves it to zod's own Chinese */
function faultOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `没有填写，应为${KINDS[issue.expected] ?? issue.expected}`
        : `应为${KINDS[issue.expected] ?? issue.expected}，实际是${kindOf(issue.input)}`;
    case 'too_big':
      return `最多 ${sized(issue.origin, issue.maximum)}`;
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1 ? '不能为空' : `至少 ${sized(issue.origin, issue.minimum)}`;
    case 'invalid_value':
      return `只能是 ${issue.values.slice(0, SHOWN).map(String).join('、')}${issue.values.length > SHOWN ? ' 等' : ''}`;
    case 'unrecognized_keys':
      return `不认识的字段：${issue.keys.slice(0, SHOWN).join('、')}`;
    default:
      return undefined;
  }
}

z.config({ ...z.locales.zhCN(), customError: faultOf });
