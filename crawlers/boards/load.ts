/** Reads a board's YAML: bounded, without aliases, every fault with its field and line. */
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { PinchaError } from '../../core/errors.ts';
import { type Board, type BoardInput, boardSchema } from './schema.ts';

/** Longest file, in UTF-16 code units. */
const MAX_BOARD = 64_000;
const MAX_FAULTS = 10;

export interface LoadedBoard {
  readonly board: Board;
  /** As written, to be stored: what it means today is decided by the schema when it is used. */
  readonly written: BoardInput & Record<string, unknown>;
}

const words = (path: readonly PropertyKey[]): string => path.map(String).join('.') || '（整个文件）';

/** The line where a field stands, or the nearest thing around it that does. */
function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node: unknown = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** The most telling fault: inside a union the branch that got furthest. */
function faultOf(issue: z.core.$ZodIssue): { path: readonly PropertyKey[]; message: string } {
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat().sort((a, b) => b.path.length - a.path.length || Number(b.code === 'custom') - Number(a.code === 'custom'))[0];
    if (inner) {
      const { path, message } = faultOf(inner);
      return { path: [...issue.path, ...path], message };
    }
  }
  if (issue.code === 'unrecognized_keys') return { path: [...issue.path, issue.keys[0] ?? ''], message: `没有这一项：${issue.keys.join('、')}` };
  return { path: issue.path, message: issue.message };
}

/**
 * A checked board from the text of its file.
 * @throws PinchaError FILE_TOO_LARGE; INPUT_INVALID naming each field with its line
 */
export function loadBoard(text: string, file: string): LoadedBoard {
  if (text.length > MAX_BOARD) throw new PinchaError('FILE_TOO_LARGE', { file, limit: `${MAX_BOARD / 1_000} KB` });
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'core', merge: false, strict: true, uniqueKeys: true, lineCounter: lines });
  const [broken] = document.errors;
  if (broken) throw new PinchaError('INPUT_INVALID', { field: `${file}:${lines.linePos(broken.pos[0]).line}`, reason: broken.message.split('\n')[0] ?? '' });
  let written: unknown;
  try {
    written = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new PinchaError('INPUT_INVALID', { field: file, reason: '不支持 YAML 别名（*、&）' });
  }
  const checked = boardSchema.safeParse(written);
  if (checked.success) return { board: checked.data, written: written as LoadedBoard['written'] };
  const faults = checked.error.issues.slice(0, MAX_FAULTS).map((issue) => {
    const { path, message } = faultOf(issue);
    return `第 ${lineOf(document, lines, path)} 行 ${words(path)}：${message}`;
  });
  throw new PinchaError('INPUT_INVALID', { field: file, reason: faults.join('；') });
}
