/**
 * Compiles rule packs into one matcher: every pattern parsed and proven bounded, every article found, every id unique.
 * The version is the digest of all that went in, so a finding names exactly the rules it came from.
 */
import { localDate } from '../../core/clock.ts';
import { canonicalJson, sha256 } from '../../core/digest.ts';
import { PinchaError } from '../../core/errors.ts';
import type { ArticleRef, Finding } from '../../core/model/finding.ts';
import type { PostInput, QuotableField, SubjectType } from '../../core/model/post.ts';
import { type FindingKind, LEVELS, type Level, TAXONOMY } from '../../core/model/taxonomy.ts';
import { createNormaliser, type Disguise } from '../text/normalise.ts';
import { type Article, indexLaw, type LawDays, type LawIndex } from './articles.ts';
import { type Computed, checked, type Law } from './law.ts';
import { createMatcher, tabulateRules } from './match.ts';
import { type CompiledPattern, compilePattern, type Lexicons } from './pattern.ts';
import type { PrefilterTables } from './prefilter.ts';
import { type ReadPost, readPost } from './read.ts';
import { type ContextSource, computedSchema, lexiconSchema, type PackSource, packSchema, type RuleSource, type Statute, statuteSchema } from './schema.ts';

/** Holds where any of its patterns matches within its scope. Contexts that say the same are one object. */
export interface CompiledContext {
  readonly scope: ContextSource['scope'];
  readonly reach: number;
  readonly patterns: readonly CompiledPattern[];
}
export interface CompiledRule {
  readonly id: string;
  readonly version: number;
  readonly pack: string;
  readonly kind: FindingKind;
  readonly level: Level;
  readonly score: number;
  readonly subjects: ReadonlySet<SubjectType> | null;
  readonly articles: readonly string[];
  readonly articlesFor: Readonly<Partial<Record<SubjectType, readonly string[]>>>;
  readonly why: string;
  readonly fields: ReadonlySet<QuotableField>;
  readonly patterns: readonly CompiledPattern[];
  readonly unless: readonly CompiledContext[];
  readonly requires: readonly CompiledContext[];
  readonly exempt: readonly { readonly context: CompiledContext; readonly ground: string }[];
  readonly source: RuleSource;
}
/** Law ready to screen by, as plain data: it can be kept in a file or handed to a thread, and `openLaw` needs little time. */
export interface CompiledLaw {
  /** Digest of statutes, packs and lexicons. */
  readonly version: string;
  readonly rules: readonly CompiledRule[];
  readonly statutes: readonly Statute[];
  readonly disguises: readonly Disguise[];
  readonly computed: Computed;
  readonly tables: PrefilterTables;
}
export interface MatchContext {
  /** When the conduct was last seen: its law applies, a later version is named beside it. Today without it. */
  readonly asOf?: Date;
  /** The post as already read by `read`, to spare a second reading. */
  readonly read?: ReadPost;
}
export interface RuleSet {
  /** Digest of statutes, packs and lexicons. */
  readonly version: string;
  readonly rules: readonly CompiledRule[];
  /** What it was opened from. */
  readonly compiled: CompiledLaw;
  readonly articles: ReadonlyMap<string, Article>;
  readonly sanctionsOf: LawIndex['sanctionsOf'];
  read(post: PostInput): ReadPost;
  match(post: PostInput, ctx?: MatchContext): Finding[];
  /** Articles in force on a day; for findings that are computed rather than matched. */
  cite(ids: readonly string[], asOf?: Date): ArticleRef[];
  /** Law and words of a computed finding. @throws RULES_INVALID when `law/rules/computed.yaml` does not name it */
  computed(name: string): Computed[string];
}

const DEFAULT_REACH = 40;

function joinLexicons(files: readonly { readonly lexicons: Readonly<Record<string, string[]>> }[]): Lexicons {
  const all = new Map<string, readonly string[]>();
  for (const { lexicons } of files) {
    for (const [name, entries] of Object.entries(lexicons)) {
      if (all.has(name)) throw new PinchaError('RULES_INVALID', { place: `law/lexicons @${name}`, reason: '词表名重复' });
      all.set(name, entries);
    }
  }
  return all;
}

/** Runs `compile`, adding pack and rule to whatever it complains about. */
function at<T>(place: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof PinchaError)) throw error;
    throw new PinchaError('RULES_INVALID', { place: `${place} 样式"${String(error.details['place'])}"`, reason: String(error.details['reason']) }, error);
  }
}

function compileContext(source: ContextSource, { lexicons, compiled }: Compiling): CompiledContext {
  const { scope, reach = DEFAULT_REACH } = source;
  const key = JSON.stringify([scope, reach, source.patterns]);
  const known = compiled.get(key) ?? { scope, reach, patterns: source.patterns.map((pattern) => compilePattern(pattern, lexicons)) };
  compiled.set(key, known);
  return known;
}

interface Compiling {
  readonly lexicons: Lexicons;
  readonly contexts: ReadonlyMap<string, ContextSource>;
  readonly articles: ReadonlyMap<string, Article>;
  /** Contexts met so far, by what they say. */
  readonly compiled: Map<string, CompiledContext>;
}

function namedContexts(names: readonly string[], place: string, compiling: Compiling): CompiledContext[] {
  return names.map((name) => {
    const source = compiling.contexts.get(name);
    if (!source) throw new PinchaError('RULES_INVALID', { place: `${place} 的 not`, reason: `没有语境 ${name}` });
    return compileContext(source, compiling);
  });
}

/** What holds for words of a text holds for the words in its pictures. */
function alsoInPictures(fields: readonly QuotableField[]): ReadonlySet<QuotableField> {
  return new Set(fields.includes('text') ? [...fields, 'imageText'] : fields);
}

function compileRule(pack: PackSource, rule: RuleSource, compiling: Compiling): CompiledRule {
  const place = `${pack.pack}/${rule.id}`;
  const { lexicons, articles } = compiling;
  const level = rule.level ?? pack.level;
  if (LEVELS.indexOf(level) < LEVELS.indexOf(TAXONOMY[pack.kind].level)) {
    throw new PinchaError('RULES_INVALID', {
      place: `${place} 的 level`,
      reason: `级别 ${level} 超过"${TAXONOMY[pack.kind].zh}"的上限 ${TAXONOMY[pack.kind].level}`,
    });
  }
  const cited = rule.articles ?? pack.articles;
  const citedFor = rule.articlesFor ?? (rule.articles ? {} : (pack.articlesFor ?? {}));
  for (const id of [...cited, ...Object.values(citedFor).flat()]) {
    if (!articles.has(id)) throw new PinchaError('RULES_INVALID', { place: `${place} 的 articles`, reason: `引用的条文 ${id} 不在 law/statutes` });
  }
  return at(place, () => ({
    id: rule.id,
    version: rule.version,
    pack: pack.pack,
    kind: pack.kind,
    level,
    score: rule.score ?? pack.score,
    subjects: rule.subjects ? new Set(rule.subjects) : null,
    articles: cited,
    articlesFor: citedFor,
    why: rule.why,
    fields: alsoInPictures(rule.fields ?? pack.fields),
    patterns: rule.patterns.map((pattern) => compilePattern(pattern, lexicons)),
    unless: [...namedContexts(rule.not ?? pack.not, place, compiling), ...rule.unless.map((c) => compileContext(c, compiling))],
    requires: rule.requires.map((c) => compileContext(c, compiling)),
    exempt: [...pack.exempt, ...rule.exempt].map((c) => ({ context: compileContext(c, compiling), ground: c.ground })),
    source: rule,
  }));
}

/**
 * Checks and compiles packs, statutes and lexicons as parsed from `law/`.
 * @param packs one value a pack @param computed law of the computed findings (`law/rules/computed.yaml`)
 * @throws RULES_INVALID naming pack, rule and pattern: no law, unknown article, double id, unbounded pattern
 */
export function compileRules(packs: readonly unknown[], statutes: readonly unknown[], lexicons: readonly unknown[], computed: unknown = {}): RuleSet {
  return openLaw(compiledFrom(packs, statutes, lexicons, computed));
}

function compiledFrom(packs: readonly unknown[], statutes: readonly unknown[], lexicons: readonly unknown[], computed: unknown): CompiledLaw {
  const packList = packs.map((pack, i) => checked(packSchema, pack, packName(pack, i)));
  const statuteList = statutes.map((statute, i) => checked(statuteSchema, statute, `law/statutes[${i}]`));
  const index = indexLaw(statuteList);
  const files = lexicons.map((file, i) => checked(lexiconSchema, file, `law/lexicons[${i}]`));
  const calculated: Computed = checked(computedSchema, computed, 'law/rules/computed.yaml');
  const contexts = new Map(files.flatMap((file) => Object.entries(file.contexts)));
  const compiling: Compiling = { lexicons: joinLexicons(files), contexts, articles: index.articles, compiled: new Map() };
  for (const [name, { articles }] of Object.entries(calculated)) {
    const missing = articles.find((id) => !index.articles.has(id));
    if (missing) throw new PinchaError('RULES_INVALID', { place: `computed/${name}`, reason: `引用的条文 ${missing} 不在 law/statutes` });
  }
  const rules: CompiledRule[] = [];
  const owners = new Map<string, string>();
  for (const pack of packList) {
    for (const rule of pack.rules) {
      const owner = owners.get(rule.id);
      if (owner) throw new PinchaError('RULES_INVALID', { place: `${pack.pack}/${rule.id} 的 id`, reason: `规则编号与规则包 ${owner} 中的重复` });
      owners.set(rule.id, pack.pack);
      rules.push(compileRule(pack, rule, compiling));
    }
  }
  return {
    version: sha256(canonicalJson({ packs: packList, statutes, lexicons: files, calculated })).slice(0, 16),
    rules,
    statutes: statuteList,
    disguises: files.flatMap((file) => file.disguises),
    computed: calculated,
    tables: tabulateRules(rules),
  };
}

/** Makes compiled law ready to run. It is believed: whoever kept it answers for its being what was compiled. */
export function openLaw(compiled: CompiledLaw): RuleSet {
  const { version, rules, statutes, disguises, computed, tables } = compiled;
  const index = indexLaw(statutes);
  const normalise = createNormaliser(disguises);
  const matcher = createMatcher(rules, tables, index);
  const read = (post: PostInput): ReadPost => readPost(post, normalise);
  return {
    version,
    rules,
    compiled,
    articles: index.articles,
    sanctionsOf: index.sanctionsOf,
    read,
    match: (post, ctx = {}) => matcher(ctx.read ?? read(post), lawDays(ctx.asOf)),
    cite: (ids, asOf) => index.cite(ids, lawDays(asOf)),
    computed: (name) => {
      const row = computed[name];
      if (!row) throw new PinchaError('RULES_INVALID', { place: 'law/rules/computed.yaml', reason: `没有 ${name}` });
      return row;
    },
  };
}

/** `compileRules` over a whole parsed `law/`. */
export const compileLaw = (law: Law): RuleSet => compileRules(law.packs, law.statutes, law.lexicons, law.computed);

function packName(pack: unknown, i: number): string {
  return typeof pack === 'object' && pack !== null && 'pack' in pack ? `规则包 ${String(pack.pack)}` : `规则包[${i}]`;
}

const MINUTE = 60_000;
const HELD = 64;
const days = new Map<number, string>();
/** The calendar day in China; the last answers are kept, for calls come in long runs of a few days. */
function dayOf(time: number): string {
  const minute = Math.floor(time / MINUTE);
  const known = days.get(minute);
  if (known) return known;
  if (days.size >= HELD) days.clear();
  const day = localDate(new Date(minute * MINUTE));
  days.set(minute, day);
  return day;
}
let lastDays: LawDays = { until: '', today: '' };
/** The same object for the same days, so that whoever keeps answers by it may compare by identity. */
function lawDays(asOf: Date | undefined): LawDays {
  const today = dayOf(Date.now());
  const until = asOf ? dayOf(asOf.getTime()) : today;
  if (lastDays.until !== until || lastDays.today !== today) lastDays = { until, today };
  return lastDays;
}
