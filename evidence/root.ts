/**
 * Daily roots of the ledger as pure functions: a root is the head of a Merkle tree (RFC 9162) over the hashes of the
 * rows it covers, stated together with its place, the chain's head and the root before it, in one canonical JSON text.
 * That text is what is signed and time-stamped. A proof that one row stands under a root is that row and a few hashes:
 * it shows nothing of the other rows. Storage belongs to `db/`, keys to `root-key.ts`, time-stamps to `timestamp.ts`.
 */
import { createHash } from 'node:crypto';
import { canonicalJson, sha256 } from '../core/digest.ts';
import type { LedgerRow } from './ledger.ts';

/** What a root says. Rows `fromSeq` to `toSeq` (both included) stand under it. */
export interface RootStatement {
  readonly v: 1;
  /** Roots are numbered from 1 without gaps; each covers the rows after the one before. */
  readonly no: number;
  /** The day the rows belong to, YYYY-MM-DD in Asia/Shanghai. Rows that came late stand under a later root. */
  readonly date: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Hash of the row `toSeq`: the chain up to here. */
  readonly head: string;
  /** Head of the Merkle tree over the rows' hashes. */
  readonly merkle: string;
  /** {@link rootHash} of the root before; null for the first. */
  readonly prevRoot: string | null;
  /** When the root was made, by this machine's clock. */
  readonly at: string;
}

/** That one row stands under a root, without the contents of any other row. */
export interface RowProof {
  readonly rootNo: number;
  readonly row: {
    readonly seq: number;
    readonly kind: string;
    readonly ref: string;
    readonly payload: string;
    readonly prevHash: string;
    readonly hash: string;
  };
  /** Sibling hashes from the row up to the head of the tree, lower-case hex. */
  readonly path: readonly string[];
}

const HEX64 = /^[0-9a-f]{64}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const digest = (prefix: number, ...parts: readonly Buffer[]): Buffer => {
  const hash = createHash('sha256').update(Buffer.from([prefix]));
  for (const part of parts) hash.update(part);
  return hash.digest();
};
// Leaves and inner nodes are hashed under different prefixes, so that no inner node can pass as a row.
const leafOf = (rowHash: string): Buffer => digest(0, Buffer.from(rowHash, 'hex'));
const nodeOf = (left: Buffer, right: Buffer): Buffer => digest(1, left, right);

/** Grows the tree row by row; holds one hash a level, whatever the number of rows. */
export class MerkleTree {
  /** Heads of the perfect subtrees seen so far, the largest first. */
  readonly #stack: { readonly head: Buffer; readonly size: number }[] = [];
  #count = 0;

  /** @param rowHash 64 hex digits */
  add(rowHash: string): void {
    let [head, size] = [leafOf(rowHash), 1];
    for (let top = this.#stack.at(-1); top?.size === size; top = this.#stack.at(-1)) {
      this.#stack.pop();
      head = nodeOf(top.head, head);
      size *= 2;
    }
    this.#stack.push({ head, size });
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  /** The head as hex; SHA-256 of nothing for an empty tree (RFC 9162). */
  head(): string {
    const [last, ...before] = this.#stack.toReversed();
    if (!last) return sha256('');
    return before.reduce((right, { head }) => nodeOf(head, right), last.head).toString('hex');
  }
}

/** The head of the tree over these row hashes. */
export function merkleOf(rowHashes: Iterable<string>): string {
  const tree = new MerkleTree();
  for (const hash of rowHashes) tree.add(hash);
  return tree.head();
}

/** The largest power of two below `n` (n ≥ 2): where RFC 9162 splits a tree. */
const splitOf = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));

function pathIn(leaves: readonly Buffer[], index: number, from: number, to: number): { head: Buffer; path: Buffer[] | null } {
  const size = to - from;
  if (size === 1) return { head: leaves[from] ?? Buffer.alloc(0), path: index === from ? [] : null };
  const middle = from + splitOf(size);
  const left = pathIn(leaves, index, from, middle);
  const right = pathIn(leaves, index, middle, to);
  const path = left.path ? [...left.path, right.head] : right.path ? [...right.path, left.head] : null;
  return { head: nodeOf(left.head, right.head), path };
}

/**
 * The proof that `row` stands under the root that covers it.
 * @param covered the hashes of all rows `fromSeq`..`toSeq` of the root, in order: only their hashes, not the rows
 * @returns null when the root does not cover the row, or the hashes are not those of the root's rows
 */
export function proofOf(row: LedgerRow, root: Pick<RootStatement, 'no' | 'fromSeq' | 'toSeq' | 'merkle'>, covered: readonly string[]): RowProof | null {
  const index = row.seq - root.fromSeq;
  if (covered.length !== root.toSeq - root.fromSeq + 1 || covered[index] !== row.hash) return null;
  const { head, path } = pathIn(covered.map(leafOf), index, 0, covered.length);
  if (!path || head.toString('hex') !== root.merkle) return null;
  const { seq, kind, refId: ref, payload, prevHash, hash } = row;
  return { rootNo: root.no, row: { seq, kind, ref, payload, prevHash, hash }, path: path.map((h) => h.toString('hex')) };
}

/** Heads of the subtree `from`..`to`; adds to the path of every wanted leaf in it. */
function pathsIn(leaves: readonly Buffer[], wanted: ReadonlyMap<number, string[]>, within: readonly number[], from: number, to: number): Buffer {
  if (to - from === 1) return leaves[from] ?? Buffer.alloc(0);
  const middle = from + splitOf(to - from);
  const [before, behind] = [within.filter((i) => i < middle), within.filter((i) => i >= middle)];
  const left = pathsIn(leaves, wanted, before, from, middle);
  const right = pathsIn(leaves, wanted, behind, middle, to);
  for (const i of before) wanted.get(i)?.push(right.toString('hex'));
  for (const i of behind) wanted.get(i)?.push(left.toString('hex'));
  return nodeOf(left, right);
}

/**
 * The paths of {@link proofOf} for many rows of one root, computed in one walk over its tree.
 * @param covered the hashes of all rows of the root, in order
 * @returns path by `seq`; null when the hashes are not those of the root's rows
 */
export function pathsOf(
  seqs: readonly number[],
  root: Pick<RootStatement, 'fromSeq' | 'toSeq' | 'merkle'>,
  covered: readonly string[],
): ReadonlyMap<number, readonly string[]> | null {
  const size = root.toSeq - root.fromSeq + 1;
  if (covered.length !== size || seqs.some((seq) => seq < root.fromSeq || seq > root.toSeq)) return null;
  const wanted = new Map(seqs.map((seq) => [seq - root.fromSeq, [] as string[]]));
  const head = pathsIn(covered.map(leafOf), wanted, [...wanted.keys()], 0, size);
  return head.toString('hex') === root.merkle ? new Map(seqs.map((seq) => [seq, wanted.get(seq - root.fromSeq) ?? []])) : null;
}

/** The head a leaf and its path lead to (RFC 9162 section 2.1.3.2), or null when the path does not fit the place. */
function headFrom(rowHash: string, index: number, size: number, path: readonly string[]): string | null {
  let [fn, sn, hash] = [index, size - 1, leafOf(rowHash)];
  for (const step of path) {
    if (sn === 0 || !HEX64.test(step)) return null;
    const sibling = Buffer.from(step, 'hex');
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeOf(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else hash = nodeOf(hash, sibling);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? hash.toString('hex') : null;
}

/**
 * What is wrong with a proof, or null: the row's hash covers its payload, and its path leads to the root's head.
 * @param statement the root as read by {@link readStatement}; check its signature apart
 */
export function verifyProof(proof: RowProof, statement: RootStatement): string | null {
  const { row, path } = proof;
  if (proof.rootNo !== statement.no) return `证明所指的日根为第 ${proof.rootNo} 号，所给的是第 ${statement.no} 号`;
  if (!Number.isSafeInteger(row.seq) || row.seq < statement.fromSeq || row.seq > statement.toSeq) return '该行不在此日根范围内';
  if (row.hash !== sha256(`${row.prevHash}\n${row.payload}`)) return '内容与哈希不符';
  const told = readRow(row.payload);
  if (!told || told.seq !== row.seq || told.kind !== row.kind || told.ref !== row.ref) return '序号、类别或引用与已存证内容不符';
  const head = headFrom(row.hash, row.seq - statement.fromSeq, statement.toSeq - statement.fromSeq + 1, path);
  return head === statement.merkle ? null : '路径不通向日根';
}

const readRow = (payload: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(payload);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};

/** The statement as the text that is hashed, signed and time-stamped. */
export const statementText = (statement: RootStatement): string => canonicalJson(statement);

/** SHA-256 of a statement's text: what the next root and the time-stamp refer to. */
export const rootHash = (text: string): string => sha256(text);

const positive = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
const hex64 = (value: unknown): value is string => typeof value === 'string' && HEX64.test(value);

/** Reads a statement's text; null when it is not exactly the canonical text of a statement. */
export function readStatement(text: string): RootStatement | null {
  const s = text.length > 4_000 ? null : readRow(text);
  if (s?.['v'] !== 1 || !positive(s['no']) || !positive(s['fromSeq']) || !positive(s['toSeq']) || s['toSeq'] < s['fromSeq']) return null;
  const { no, date, fromSeq, toSeq, head, merkle, prevRoot, at } = s;
  if (typeof date !== 'string' || !DATE.test(date) || typeof at !== 'string' || !hex64(head) || !hex64(merkle)) return null;
  if (prevRoot !== null && !hex64(prevRoot)) return null;
  const statement: RootStatement = { v: 1, no, date, fromSeq, toSeq, head, merkle, prevRoot, at };
  return statementText(statement) === text ? statement : null;
}

/** What is wrong with a statement as the one after `prev`, or null. The rows under it are checked apart. */
export function statementFault(prev: { readonly statement: RootStatement; readonly hash: string } | null, statement: RootStatement): string | null {
  const expected = (prev?.statement.no ?? 0) + 1;
  if (statement.no !== expected) return `日根编号中断：应为 ${expected}`;
  if (statement.prevRoot !== (prev?.hash ?? null)) return '前一日根的摘要与登记不符';
  if (statement.fromSeq !== (prev?.statement.toSeq ?? 0) + 1) return '起始行不接前一日根的末行';
  if (prev && statement.date < prev.statement.date) return '日期早于前一日根';
  return null;
}
