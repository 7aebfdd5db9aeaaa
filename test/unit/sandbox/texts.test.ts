/** The sandbox texts are measured against, so their truth must stand: quotes verbatim, all kinds present, no near-copies. */
import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';
import { describe, expect, it } from 'vitest';
import { FINDING_KINDS, TAXONOMY } from '../../../core/model/taxonomy.ts';
import { KINDS_WITHOUT_QUOTE, loadTexts, type SandboxText, TEXT_SLOTS } from '../../../sandbox/texts/load.ts';

const texts = loadTexts();
const POST_KINDS = FINDING_KINDS.filter((kind) => TAXONOMY[kind].subject === 'post');
const whole = (text: SandboxText): string => [text.title, text.text, ...Object.values(text.fields)].join('\n');
/** Honest texts that offer no job (warnings, news, notices) cannot name the six elements of one. */
const offersJob = (text: SandboxText): boolean => !text.id.startsWith('notice-');

/** Distinct Chinese words of two or more characters, slots removed. */
function words(jieba: Jieba, text: SandboxText): Set<string> {
  const plain = `${text.title}\n${text.text}`.replace(/\{[a-z]+\}/g, ' ');
  return new Set(jieba.cut(plain).filter((word) => /^\p{Script=Han}{2,}$/u.test(word)));
}

/** Pairs sharing at least half the words of the shorter text, through an inverted index. */
function nearCopies(all: readonly SandboxText[]): string[] {
  const jieba = Jieba.withDict(dict);
  const sets = all.map((text) => words(jieba, text));
  const holders = new Map<string, number[]>();
  const faults: string[] = [];
  sets.forEach((set, index) => {
    const shared = new Map<number, number>();
    for (const word of set) {
      const earlier = holders.get(word);
      if (!earlier) {
        holders.set(word, [index]);
        continue;
      }
      for (const other of earlier) shared.set(other, (shared.get(other) ?? 0) + 1);
      earlier.push(index);
    }
    for (const [other, count] of shared) {
      const ratio = count / Math.min(set.size, sets[other]!.size);
      if (ratio >= 0.5) faults.push(`${all[other]!.id} ~ ${all[index]!.id}: ${ratio.toFixed(2)}`);
    }
  });
  return faults;
}

describe('sandbox texts', () => {
  it('are many, with truth and honest alike', () => {
    expect(texts.length).toBeGreaterThanOrEqual(300);
    expect(texts.filter((text) => text.truth.length === 0).length).toBeGreaterThanOrEqual(140);
    expect(texts.filter((text) => text.truth.length >= 2).length).toBeGreaterThanOrEqual(40);
    expect(new Set(texts.map((text) => text.id)).size).toBe(texts.length);
  });

  it.each(POST_KINDS)('hold at least seven texts that really show %s', (kind) => {
    const shown = texts.filter((text) => text.truth.some((truth) => truth.kind === kind && !truth.exempt));
    expect(shown.length).toBeGreaterThanOrEqual(7);
  });

  it('quote verbatim, in one place and without slots', () => {
    const faults = texts.flatMap((text) =>
      text.truth
        .filter(({ kind, quote }) => {
          if (quote === undefined) return !KINDS_WITHOUT_QUOTE.has(kind);
          const places = [text.title, text.text, ...Object.values(text.fields)];
          return /[{}]/.test(quote) || !places.some((place) => place.includes(quote));
        })
        .map(({ kind, quote }) => `${text.id}: ${kind} ${quote}`),
    );
    expect(faults).toEqual([]);
  });

  it('use known slots only and hold no telephone number or address of a site', () => {
    const known = new Set<string>(TEXT_SLOTS);
    const faults = texts.filter((text) => {
      const slots = [...whole(text).matchAll(/\{([^}]*)\}/g)].map((match) => match[1]!);
      return slots.some((slot) => !known.has(slot)) || /1[3-9]\d{9}|https?:|www\./.test(whole(text));
    });
    expect(faults.map(({ id }) => id)).toEqual([]);
  });

  it('name employer, headcount, place and pay unless the truth says an element is missing', () => {
    const faults = texts
      .filter((text) => offersJob(text) && !text.truth.some(({ kind }) => kind === 'missing-element'))
      .flatMap((text) => {
        const all = whole(text);
        const lacks = [
          /\{company\}|\{client\}/.test(all) ? '' : 'employer',
          /\{headcount\}|[\d一二两三四五六七八九十百几]\s*(名|人|位|个)/.test(all) || text.fields.headcount ? '' : 'headcount',
          /\{city\}|\{district\}|\{address\}/.test(all) ? '' : 'place',
          /\{salary\}|元|块|[\d一二两三四五六七八九十百]\s*[千万Kk]/.test(all) ? '' : 'pay',
        ].filter((word) => word !== '');
        return lacks.length > 0 ? [`${text.id}: ${lacks.join(', ')}`] : [];
      });
    expect(faults).toEqual([]);
  });

  it('are not near-copies of each other', () => {
    expect(nearCopies(texts)).toEqual([]);
  });
});
