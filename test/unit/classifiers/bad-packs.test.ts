/** Packs that people hand in: what is wrong is refused with the file, the rule and the field in the words. */
import { describe, expect, it } from 'vitest';
import { loadLaw } from '../../../bin/law.ts';
import { compileLaw } from '../../../classifiers/rules/compile.ts';
import { parseLaw, parsePack } from '../../../classifiers/rules/law.ts';
import { PinchaError } from '../../../core/errors.ts';

const shipped = parseLaw(loadLaw().files);

const pack = (rules: string, more = '') => `
pack: handed-in
kind: charging-jobseekers
level: statutory
articles: [labour-contract-2012.9]
${more}
rules:
${rules}
`;
const rule = (more = '', id = 'handed.one') => `  - id: ${id}
    why: 写明“{quote}”
    patterns: ['交工装押金']
    mustMatch: ['入职交工装押金']
    mustNotMatch: ['不交工装押金的厂']
${more}`;

/** Reads and compiles a text as a draft would be, in place of nothing. @param beside packs it joins; all take most of a second */
const handIn = (text: string, beside: typeof shipped.packs = shipped.packs.slice(0, 1)): void => {
  const read = parsePack(text, 'given.yaml');
  compileLaw({ ...shipped, packs: [...beside, read] });
};
function refusal(text: string): PinchaError {
  try {
    handIn(text);
  } catch (error) {
    expect(error).toBeInstanceOf(PinchaError);
    return error as PinchaError;
  }
  throw new Error('was accepted');
}

describe('a pack somebody hands in', () => {
  it('is taken when it is right', () => {
    expect(() => handIn(pack(rule()), shipped.packs)).not.toThrow();
  });

  it.each([
    ['no law', pack(rule()).replace('articles: [labour-contract-2012.9]', ''), ['given.yaml', 'articles']],
    ['an empty law', pack(rule()).replace('[labour-contract-2012.9]', '[]'), ['given.yaml', 'articles']],
    ['a law that stands nowhere', pack(rule('    articles: [labour-contract-2012.999]')), ['handed-in/handed.one', 'articles', 'labour-contract-2012.999']],
    ['one id twice', pack(`${rule()}\n${rule()}`), ['handed-in/handed.one', 'id', '重复']],
    ['the id of another pack', pack(rule('', shipped.packs[0]?.rules[0]?.id ?? '')), [shipped.packs[0]?.rules[0]?.id ?? '', shipped.packs[0]?.pack ?? '']],
    ['a pattern that never ends', pack(rule().replace('交工装押金', '(a+)+b')), ['handed.one', '(a+)+b', '无上界']],
    ['a pattern of too many ways', pack(rule().replace("'交工装押金'", "'_{0,60}押_{0,60}金_{0,60}元'")), ['handed.one', '走法']],
    ['a kind nobody knows', pack(rule()).replace('kind: charging-jobseekers', 'kind: ugly-logo'), ['given.yaml', 'kind']],
    ['a level above the ceiling', pack(rule()).replace('kind: charging-jobseekers', 'kind: age-limit'), ['handed-in/handed.one', 'level', 'advisory']],
    ['a lexicon that stands nowhere', pack(rule().replace('交工装押金', '交@no-such-list押金')), ['handed.one', '@no-such-list']],
    ['a context that stands nowhere', pack(rule('    not: [no-such-context]')), ['handed.one', 'not', 'no-such-context']],
    ['a word of its own', pack(rule('    mustMach: [错字]')), ['given.yaml', 'handed.one', 'mustMach']],
    ['no example that must not match', pack(rule().replace(/ {4}mustNotMatch.*\n/, '')), ['given.yaml', 'handed.one', 'mustNotMatch']],
    ['a version that is no number', pack(rule('    version: eins')), ['given.yaml', 'handed.one', 'version']],
  ])('is refused with %s, by name', (_, text, words) => {
    const error = refusal(text);
    expect(error.code).toBe('RULES_INVALID');
    for (const word of words) expect(error.message).toContain(word);
    expect(error.message.length).toBeLessThan(2_000);
  });

  it.each([
    ['aliases that unfold', `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n${pack(rule())}`],
    ['a tag that asks for code', pack(rule()).replace('pack: handed-in', 'pack: !!js/function "function(){}"')],
    ['a key twice', `${pack(rule())}\npack: other`],
    ['brackets without end', '['.repeat(100_000)],
    ['no YAML', '\u0000\u0001{{{'],
    ['nothing', ''],
    ['a list', '- 1\n- 2'],
    ['a prototype', `__proto__: { polluted: true }\n${pack(rule())}`],
  ])('is refused with %s, and nothing else happens', (_, text) => {
    const error = refusal(text);
    expect(error.code).toBe('RULES_INVALID');
    expect(error.message).toContain('given.yaml');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('is refused when it is too long, before it is read', () => {
    expect(refusal(`${pack(rule())}\n#${'长'.repeat(262_144)}`).code).toBe('FILE_TOO_LARGE');
  });
});
