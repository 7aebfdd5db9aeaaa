/**
 * Packs as they change: the law in force as shipped files with what people published laid over them, what a draft changes
 * rule by rule, and what it would change on a post. Pure: texts come from the caller, nothing is stored here.
 */
import { canonicalJson, sha256 } from '../../core/digest.ts';
import { PinchaError } from '../../core/errors.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { PostInput } from '../../core/model/post.ts';
import type { DifferenceKind } from '../../core/model/rule.ts';
import { compileLaw, compileRules, type RuleSet } from './compile.ts';
import { type ExampleResult, runRuleExamples } from './examples.ts';
import { type Law, type LawFile, parseLaw, parsePack } from './law.ts';
import { isNotice } from './posting.ts';
import type { PackSource, RuleSource } from './schema.ts';

export interface PublishedPack {
  readonly pack: string;
  readonly text: string;
}
/** The law in force: its files, the same parsed, and compiled. */
export interface ActiveLaw {
  readonly files: readonly LawFile[];
  readonly law: Law;
  readonly rules: RuleSet;
}

/** Text of each pack by its name. */
export function packTexts(files: readonly LawFile[]): Map<string, string> {
  const rows = files.filter((f) => f.path.startsWith('rules/') && !f.path.endsWith('/computed.yaml'));
  return new Map(rows.map((f) => [/^pack: *(\S+)/m.exec(f.text)?.[1] ?? f.path, f.text]));
}

const packPath = (pack: string): string => `rules/${pack}.yaml`;

/**
 * @param off ids of rules that are switched off
 * @param compiled gives what was compiled from these files before, or compiles it by `make`
 * @throws RULES_INVALID
 */
export function activeLaw(
  shipped: readonly LawFile[],
  published: readonly PublishedPack[],
  off: readonly string[],
  compiled: (files: readonly LawFile[], off: readonly string[], make: () => RuleSet) => RuleSet = (_files, _off, make) => make(),
): ActiveLaw {
  const over = new Map(published.map((p) => [p.pack, p.text]));
  const kept = shipped.filter((f) => {
    const pack = f.path.startsWith('rules/') ? /^pack: *(\S+)/m.exec(f.text)?.[1] : undefined;
    return pack === undefined || !over.has(pack);
  });
  const files = [...kept, ...[...over].map(([pack, text]) => ({ path: packPath(pack), text }))];
  const parsed = parseLaw(files);
  const silent = new Set(off);
  const packs = parsed.packs.map((pack) => ({ ...pack, rules: pack.rules.filter((r) => !silent.has(r.id)) })).filter((pack) => pack.rules.length > 0);
  const law = { ...parsed, packs };
  return { files, law, rules: compiled(files, off, () => compileLaw(law)) };
}

/** What a rule says, its number left out: two versions that say the same are one. */
function saying(pack: PackSource, { version: _, ...rule }: RuleSource): string {
  const { rules: __, ...shared } = pack;
  return sha256(canonicalJson({ shared, rule }));
}

export interface RuleChange {
  readonly rule: string;
  readonly change: 'added' | 'changed' | 'removed' | 'same';
  readonly from: number | null;
  readonly to: number | null;
}
export interface DraftReport {
  readonly pack: string;
  readonly rules: number;
  readonly changes: readonly RuleChange[];
  /** Examples that do not hold. */
  readonly wrong: readonly ExampleResult[];
  readonly examples: number;
}

/**
 * Checks a draft against the law it would join: schema, law, ids, patterns, numbers of versions, and every example.
 * @param former every text that was once in force of this pack: a number names one meaning for ever
 * @throws RULES_INVALID, FILE_TOO_LARGE
 */
export function checkDraft(active: ActiveLaw, text: string, name: string, former: readonly string[]): DraftReport {
  const pack = parsePack(text, name);
  const others = active.law.packs.filter((p) => p.pack !== pack.pack);
  const own = compileRules([pack], active.law.statutes, active.law.lexicons, active.law.computed);
  for (const other of others) {
    const taken = other.rules.find((r) => pack.rules.some((n) => n.id === r.id));
    if (taken) throw new PinchaError('RULES_INVALID', { place: `${name} 规则 ${taken.id} 的 id`, reason: `规则编号与规则包 ${other.pack} 中的重复` });
  }
  const current = active.law.packs.find((p) => p.pack === pack.pack);
  const meanings = new Map<string, string>();
  for (const p of [...former.map((t) => parsePack(t, name)), ...(current ? [current] : [])]) {
    for (const rule of p.rules) meanings.set(`${rule.id}@${rule.version}`, saying(p, rule));
  }
  const changes = pack.rules.map((rule): RuleChange => {
    const before = current?.rules.find((r) => r.id === rule.id);
    const known = meanings.get(`${rule.id}@${rule.version}`);
    if (known !== undefined && known !== saying(pack, rule)) {
      throw new PinchaError('RULES_INVALID', { place: name, reason: `规则 ${rule.id} 的 version ${rule.version} 已用于另一内容，请提高版本号` });
    }
    const same = before !== undefined && current !== undefined && saying(current, before) === saying(pack, rule);
    return { rule: rule.id, change: before === undefined ? 'added' : same ? 'same' : 'changed', from: before?.version ?? null, to: rule.version };
  });
  const gone = (current?.rules ?? []).filter((r) => !pack.rules.some((n) => n.id === r.id));
  const results = runRuleExamples(own);
  return {
    pack: pack.pack,
    rules: pack.rules.length,
    changes: [...changes, ...gone.map((r): RuleChange => ({ rule: r.id, change: 'removed', from: r.version, to: null }))],
    wrong: results.filter((r) => r.expected !== r.got).slice(0, 50),
    examples: results.length,
  };
}

export interface Difference {
  readonly change: DifferenceKind;
  readonly finding: Finding;
}
export interface PostComparison {
  readonly differences: readonly Difference[];
  /** Kinds both find in it. */
  readonly same: number;
}
/** What one pack, and another in its place, say of a post. */
export type Compare = (post: PostInput, lastSeen?: Date) => PostComparison;

const ofPack = (law: Law, pack: PackSource | undefined): RuleSet | null => (pack ? compileRules([pack], law.statutes, law.lexicons, law.computed) : null);

/** Strongest counted finding a kind. */
function counted(findings: readonly Finding[]): Map<string, Finding> {
  const by = new Map<string, Finding>();
  for (const f of findings) if (!f.exempt && (by.get(f.kind)?.score ?? -1) < f.score) by.set(f.kind, f);
  return by;
}

/** @param text the draft; the pack of its name in `active` is what it is held against @throws RULES_INVALID */
export function comparePack(active: ActiveLaw, text: string, name: string): Compare {
  const pack = parsePack(text, name);
  const candidate = ofPack(active.law, pack) as RuleSet;
  const current = ofPack(
    active.law,
    active.law.packs.find((p) => p.pack === pack.pack),
  );
  return (post, lastSeen) => {
    const read = candidate.read(post);
    if (isNotice(read)) return { differences: [], same: 0 };
    const next = counted(candidate.match(post, { asOf: lastSeen, read }));
    const now = counted(current?.match(post, { asOf: lastSeen, read }) ?? []);
    const differences: Difference[] = [];
    for (const [kind, finding] of next) if (!now.has(kind)) differences.push({ change: 'added', finding });
    for (const [kind, finding] of now) if (!next.has(kind)) differences.push({ change: 'removed', finding });
    return { differences, same: [...next.keys()].filter((kind) => now.has(kind)).length };
  };
}
