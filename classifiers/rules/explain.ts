/** Says in plain Chinese what a rule looks for, on which law it rests, and what may follow, for people who do not read patterns. */
import type { RuleExplained } from '../../core/model/api-rule.ts';
import type { CompiledRule, RuleSet } from './compile.ts';
import type { Law } from './law.ts';
import type { ContextSource } from './schema.ts';

const FIELD_ZH: Readonly<Record<string, string>> = {
  title: '标题',
  company: '单位',
  salary: '薪资栏',
  location: '地点栏',
  text: '正文',
  sex: '性别栏',
  age: '年龄栏',
  education: '学历栏',
  headcount: '人数栏',
  businessScope: '经营范围',
  imageText: '图片中的文字',
};
const SCOPE_ZH: Readonly<Record<ContextSource['scope'], string>> = {
  match: '命中的词语本身',
  before: '同一小句的前文',
  after: '同一小句的后文',
  clause: '同一小句',
  sentence: '同一句',
  line: '同一段',
  post: '整条信息',
};
const SHOWN = 6;

function lexiconWords(law: Law, name: string): string {
  const entries = law.lexicons.flatMap((file) => file.lexicons[name] ?? []);
  const shown = entries.slice(0, SHOWN).map((e) => plain(law, e, 1));
  return `〔${shown.join('、')}${entries.length > SHOWN ? ` 等 ${entries.length} 个` : ''}〕`;
}

/** A pattern as words: options with 或, gaps by their length, what must not stand beside left out. */
function plain(law: Law, pattern: string, depth = 0): string {
  let words = pattern.replace(/\(\?<?[=!](?:[^()]|\([^()]*\))*\)/g, '');
  words = words
    .replace(/\(\?:/g, '(')
    .replace(/[_.]\{0,(\d+)\}/g, '…')
    .replace(/[_.]\{\d+,(\d+)\}/g, '…')
    .replace(/\\d(?:\{[\d,]+\})?/g, '数字')
    .replace(/[«»^$]/g, '')
    .replace(/\{\d+(?:,\d+)?\}/g, '')
    .replace(/\(([^()]*)\)\?/g, '（$1）')
    .replace(/\[([^\]]{1,12})\]\?/g, '')
    .replace(/(\S)\?/g, '（$1）')
    .replace(/\\(.)/g, '$1')
    .replace(/\|/g, '/');
  if (depth < 2) words = words.replace(/@([a-z][a-z0-9-]*)/g, (_, name: string) => lexiconWords(law, name));
  return words.replace(/\s+/g, '').slice(0, 300);
}

const contextWords = (law: Law, c: ContextSource): string => `${SCOPE_ZH[c.scope]}出现 ${c.patterns.map((p) => `“${plain(law, p)}”`).join('、')}`;

const exampleWords = (example: string | Record<string, unknown>): string =>
  typeof example === 'string'
    ? example
    : Object.entries(example)
        .map(([field, value]) => `${FIELD_ZH[field] ?? field}：${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join('；');

function articlesOf(rules: RuleSet, rule: CompiledRule): RuleExplained['articles'] {
  const cited = new Map<string, string[]>(rule.articles.map((id) => [id, []]));
  for (const [subject, ids] of Object.entries(rule.articlesFor)) for (const id of ids) cited.set(id, [...(cited.get(id) ?? []), subject]);
  return [...cited].flatMap(([id, subjects]) => {
    const a = rules.articles.get(id);
    if (!a) return [];
    const sanctions = rules.sanctionsOf(id).map(({ article, steps }) => ({
      article: article.article,
      instrument: article.instrument,
      text: article.text,
      steps: steps.map((s) => ({
        do: s.do,
        when: s.when ?? [],
        may: s.may ?? false,
        on: s.on ?? [],
        fine: s.fine ? { min: s.fine.min, max: s.fine.max, per: s.fine.per, of: s.fine.of ?? null } : null,
      })),
    }));
    const { instrument, article, rank, version, inForceFrom, inForceTo, text, textSeen, source } = a;
    const verified = a.inForceCheckedOn !== null && a.checkedBy !== null && textSeen;
    return [
      {
        id,
        instrument,
        article,
        rank,
        region: a.region ?? null,
        version,
        inForceFrom,
        inForceTo,
        text,
        textSeen,
        verified,
        source,
        note: a.note ?? null,
        subjects,
        sanctions,
      },
    ];
  });
}

/** @returns null when no rule of that id is in force */
export function explainRule(rules: RuleSet, law: Law, id: string): RuleExplained | null {
  const rule = rules.rules.find((r) => r.id === id);
  const pack = law.packs.find((p) => p.pack === rule?.pack);
  if (!rule || !pack) return null;
  const { source } = rule;
  const contexts = new Map(law.lexicons.flatMap((file) => Object.entries(file.contexts)));
  const named = (source.not ?? pack.not).flatMap((name) => {
    const context = contexts.get(name);
    return context ? [`${name}：${contextWords(law, context)}`] : [];
  });
  const where = [...rule.fields].map((f) => FIELD_ZH[f] ?? f).join('、');
  return {
    id,
    version: rule.version,
    pack: rule.pack,
    kind: rule.kind,
    level: rule.level,
    score: rule.score,
    why: rule.why,
    looksFor: [`在${where}中查找以下写法之一（繁体、全角、间隔与常见变体视同）：`, ...source.patterns.map((p) => plain(law, p))],
    unless: [...named, ...source.unless.map((c) => contextWords(law, c))],
    requires: source.requires.map((c) => contextWords(law, c)),
    exceptions: [...pack.exempt, ...source.exempt].map((c) => ({ ground: c.ground, when: contextWords(law, c) })),
    articles: articlesOf(rules, rule),
    examples: { hits: source.mustMatch.map(exampleWords), silent: source.mustNotMatch.map(exampleWords), lawful: source.mustExempt.map(exampleWords) },
  };
}
