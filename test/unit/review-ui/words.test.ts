/** Words of the desk: both languages complete, and nothing called illegal before people decided. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../review-ui/pages/runs/lanes.tsx';
import { diffText } from '../../../review-ui/parts/text-diff.ts';
import { en } from '../../../review-ui/text/en.ts';
import { bytes, clock, day, moment } from '../../../review-ui/text/when.ts';
import { zh } from '../../../review-ui/text/zh-cn.ts';

/** Every word of a table with its path; functions are asked with numbers that make them speak. */
function* wordsOf(table: object, path = ''): Generator<[string, string]> {
  for (const [key, value] of Object.entries(table)) {
    const at = `${path}.${key}`;
    if (typeof value === 'string') yield [at, value];
    else if (typeof value === 'function') yield [at, String((value as (...args: unknown[]) => unknown)(2, 3))];
    else if (typeof value === 'object' && value !== null) yield* wordsOf(value, at);
  }
}

describe('words', () => {
  it('says the same things in both languages', () => {
    expect([...wordsOf(en)].map(([path]) => path).sort()).toEqual([...wordsOf(zh)].map(([path]) => path).sort());
  });

  it('leaves nothing unsaid and nothing untranslated', () => {
    for (const [path, word] of [...wordsOf(zh), ...wordsOf(en)]) if (!path.endsWith('levelHint.none')) expect(word, path).not.toBe('');
    for (const [path, word] of wordsOf(en)) if (path !== '.other') expect(word, path).not.toMatch(/[\u4e00-\u9fff]/);
  });

  it('calls nothing unlawful or unlicensed and shouts at nobody', () => {
    // names of kinds are the taxonomy's own
    for (const [path, word] of wordsOf(zh)) if (!path.startsWith('.labels.kind.')) expect(word, path).not.toMatch(/违法|无证|!|!|您好/);
  });
});

describe('diffText', () => {
  it('names what was added and removed', () => {
    expect(diffText('甲。乙。', '甲。丙。乙。')).toEqual([
      { kind: 'same', text: '甲。' },
      { kind: 'added', text: '丙。' },
      { kind: 'same', text: '乙。' },
    ]);
    expect(diffText('', '')).toEqual([]);
  });

  it('rebuilds both versions from its pieces', () => {
    const text = fc.array(fc.constantFrom('甲', '乙。', '丙, ', '\n', '丁;'), { maxLength: 25 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const pieces = diffText(before, after);
        expect(
          pieces
            .filter((piece) => piece.kind !== 'added')
            .map((piece) => piece.text)
            .join(''),
        ).toBe(before);
        expect(
          pieces
            .filter((piece) => piece.kind !== 'removed')
            .map((piece) => piece.text)
            .join(''),
        ).toBe(after);
      }),
    );
  });

  it('stays bounded on a hostile text', () => {
    const huge = '押金。'.repeat(100_000);
    expect(diffText(huge, `${huge}尾`)).toHaveLength(2);
  });
});

describe('figures', () => {
  it('tells instants in Beijing time', () => {
    expect(day('2026-12-31T17:00:00Z')).toBe('2027-01-01');
    expect(moment('1999-12-31T16:05:00Z')).toBe('2000-01-01 00:05');
    expect(moment('not a date')).toBe('—');
  });
  it('tells time spent and bytes', () => {
    expect(clock(38)).toBe('00:38');
    expect(clock(3_723)).toBe('1:02:03');
    expect(bytes(999)).toBe('999 B');
    expect(bytes(8_432_000)).toBe('8.4 MB');
  });
  it('groups the minutes of a whole night into at most 240 columns and loses no page', () => {
    const ticks = Array.from({ length: 480 }, (_, minute) => ({ minute, pages: 2, posts: 1, walls: 0, errors: 0 }));
    const columns = columnsOf(ticks, 480);
    expect(columns).toHaveLength(240);
    expect(columns.reduce((sum, column) => sum + column.pages, 0)).toBe(960);
  });
});
