/**
 * Who is kept together when posts are split: the employer, whatever branch signs, since employers repeat their texts;
 * a post that names none stands with posts of the same beginning. Folds depend on the seed and the groups alone.
 */
import { readName } from '../licence/names.ts';

/** A small generator (mulberry32): figures in 0..1, the same for the same seed everywhere. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Boards that put the employer into the text. */
const NAMED = /(?:单位|公司名称|企业名称)[：:]\s*([^；;\n]{4,60})/;
const LEAST_NAME = 4;
const TEXT_KEY = 24;

/** 北京甲有限公司海淀分公司, 北京甲有限公司 and 北京甲有限公司（海淀） are one group. */
export function groupOf(post: { readonly company?: string | undefined; readonly title?: string | undefined; readonly text?: string | undefined }): string {
  const written = post.company?.trim() || NAMED.exec(post.text?.slice(0, 2_000) ?? '')?.[1];
  const { plain, tradeName } = written ? readName(written) : { plain: '', tradeName: '' };
  if (plain.length >= LEAST_NAME) return `c:${tradeName.length >= 2 ? tradeName : plain}`;
  const text = `${post.text ?? ''}${post.title ?? ''}`.replace(/[\s\d\p{P}]+/gu, '');
  return `t:${text.slice(0, TEXT_KEY)}`;
}

/**
 * Deals groups to folds, largest first to the emptiest fold, those of one size in an order the seed decides.
 * @param groups group of each sample @returns fold of each sample, 0 .. folds-1
 */
export function dealFolds(groups: readonly string[], folds: number, seed: number): number[] {
  const members = new Map<string, number>();
  for (const group of groups) members.set(group, (members.get(group) ?? 0) + 1);
  const random = generator(seed);
  const order = [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, size]) => ({ group, size, at: random() }));
  order.sort((a, b) => b.size - a.size || a.at - b.at);
  const filled = new Array<number>(folds).fill(0);
  const dealt = new Map<string, number>();
  for (const { group, size } of order) {
    const fold = filled.indexOf(Math.min(...filled));
    dealt.set(group, fold);
    filled[fold] = (filled[fold] as number) + size;
  }
  return groups.map((group) => dealt.get(group) as number);
}
