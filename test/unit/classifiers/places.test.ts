/** Searching a text once for all words, and trying a pattern only around its own, finds what trying it everywhere finds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../../bin/law.ts';
import { buildAutomaton, FoundWords, findWords } from '../../../classifiers/rules/automaton.ts';
import { type CompiledPattern, compilePattern } from '../../../classifiers/rules/pattern.ts';
import { PlacedPatterns } from '../../../classifiers/rules/places.ts';
import { Sightings, tabulate } from '../../../classifiers/rules/prefilter.ts';

const rules = loadRules();
const texts = rules.rules.flatMap((r) => [...r.source.mustMatch, ...r.source.mustNotMatch, ...r.source.mustExempt]).filter((e) => typeof e === 'string');
const folded = texts.map((text) => rules.read({ text }).fields[0]?.read.view.text ?? '');

/** Every place of every pattern in a text of several fields, by anchors and without them. */
function placesOf(patterns: readonly CompiledPattern[]) {
  const tables = tabulate(patterns);
  const seen = new Sightings(tables);
  const around = new PlacedPatterns(
    patterns,
    tables.groups,
    patterns.map(() => 1),
  );
  const all = new PlacedPatterns(
    patterns.map((pattern) => ({ ...pattern, anchors: [] })),
    [],
    patterns.map(() => 1),
  );
  return (fields: readonly string[]): { anchored: string[]; everywhere: string[] } => {
    let at = 0;
    const ranges = fields.map((text) => {
      const range = { from: at, text, bit: 1 };
      at += text.length + 1;
      return range;
    });
    seen.scan(`${fields.join('\n')}\n`);
    const [anchored, everywhere]: [string[], string[]] = [[], []];
    for (const number of patterns.keys()) {
      const told = (list: string[]) => (range: { from: number }, place: { start: number; end: number }) =>
        list.push(`${number}: ${range.from} ${place.start}-${place.end}`) > 0;
      if (seen.can(number)) around.forEach(number, seen, ranges, told(anchored));
      all.forEach(number, seen, ranges, told(everywhere));
    }
    return { anchored, everywhere };
  };
}

describe('automaton', () => {
  it('finds every word where it stands, words within words too', () => {
    const words = fc.uniqueArray(fc.string({ unit: fc.constantFrom('甲', '乙', '丙', 'a'), minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.string({ unit: fc.constantFrom('甲', '乙', '丙', 'a', 'b'), maxLength: 60 }), (list, text) => {
        const words = new FoundWords();
        findWords(buildAutomaton(list, [...list.keys()]), text, words);
        const found = Array.from({ length: words.count }, (_, i) => `${list[words.words[i] ?? -1]}@${words.starts[i]}`);
        const expected = list.flatMap((word) => Array.from(text, (_, i) => i).flatMap((i) => (text.startsWith(word, i) ? [`${word}@${i}`] : [])));
        expect(found.sort()).toEqual(expected.sort());
      }),
      { numRuns: 500 },
    );
  });
});

describe('places', () => {
  it('are the same with anchors as without, for shipped patterns over shipped examples', () => {
    const find = placesOf(rules.rules.flatMap((r) => r.patterns));
    for (let i = 0; i < folded.length; i += 4) {
      const { anchored, everywhere } = find(folded.slice(i, i + 4));
      expect(anchored, folded.slice(i, i + 4).join(' | ')).toEqual(everywhere);
    }
  });

  it('are the same in texts cut up and put together anyhow', () => {
    const find = placesOf(rules.rules.flatMap((r) => r.patterns));
    const pieces = [...new Set(folded.flatMap((text) => text.match(/.{1,3}/gsu) ?? []))];
    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), { minLength: 1, maxLength: 3 }), (fields) => {
        const { anchored, everywhere } = find(fields.map((parts) => parts.join('').replaceAll('\n', '。')).filter(Boolean));
        expect(anchored).toEqual(everywhere);
      }),
      { numRuns: 150 },
    );
  });

  it.each(['(?<=限)男', '甲?乙{1,3}(?=丙)', '_{0,5}甲_{0,5}乙', '(?<=甲_{0,3})«乙»丙?', '(甲|乙乙|_丙)丁', '^甲|乙$'])(
    'are the same for %s in dense texts',
    (source) => {
      const find = placesOf([compilePattern(source, new Map())]);
      fc.assert(
        fc.property(
          fc.array(fc.string({ unit: fc.constantFrom('限', '男', '甲', '乙', '丙', '丁', ','), maxLength: 40 }), { minLength: 1, maxLength: 3 }),
          (fields) => {
            const { anchored, everywhere } = find(fields.filter(Boolean));
            expect(anchored).toEqual(everywhere);
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  it('are the same where a word floods the text', () => {
    const find = placesOf([compilePattern('甲{2,3}«乙»', new Map()), compilePattern('甲', new Map())]);
    const { anchored, everywhere } = find([`${'甲'.repeat(6_000)}乙`, '甲甲乙']);
    expect(anchored).toEqual(everywhere);
    expect(anchored.filter((place) => place.startsWith('0:'))).toHaveLength(2);
  });
});
