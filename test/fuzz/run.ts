/**
 * `npm run fuzz -- [--texts N] [--seed S]`: screens random and mutated texts (1,000,000 unless told), says every crash and wrong
 * offset with the seed that shows it, keeps the slowest texts and mutates them further, and at the end grows the slowest
 * ones to see that time rises no faster than length. Exits 1 when anything was found.
 */
import { parseArgs } from 'node:util';
import { buildScreening } from '../../bin/screener.ts';
import type { PostInput } from '../../core/model/post.ts';
import { hostileText, seeded } from './generate.ts';
import { breachesOfReading, breachesOfResult } from './invariants.ts';
import { materialOf } from './material.ts';

const { values } = parseArgs({ options: { texts: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } } });
const texts = Number(values.texts);
const seed = Number(values.seed);

const { rules, screener } = buildScreening();
const random = seeded(seed);
const material = materialOf(rules);

/** Slowest first: microseconds of a character. Short texts are dominated by what every post costs, so they do not compete. */
const SLOW_KEPT = 40;
const SLOW_LEAST = 300;
const slow: { readonly text: string; readonly pace: number }[] = [];
/** Microseconds: by the clock, which pauses of the machine prolong, or of processor time, which other threads prolong; the less of both. */
const elapsed = (work: () => void): number => {
  const [from, used] = [process.hrtime.bigint(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(used);
  return Math.min(Number(process.hrtime.bigint() - from) / 1_000, user + system);
};

function rate(text: string, first: number): void {
  const floor = slow.length < SLOW_KEPT ? 0 : (slow.at(-1)?.pace ?? 0);
  if (text.length < SLOW_LEAST || first / text.length <= floor) return;
  // A pause of the machine looks slow once; a slow text is slow every time.
  const pace =
    Math.min(
      first,
      elapsed(() => screener.screen({ text })),
      elapsed(() => screener.screen({ text })),
    ) / text.length;
  if (pace <= floor) return;
  slow.push({ text, pace });
  slow.sort((a, b) => b.pace - a.pace);
  slow.length = Math.min(slow.length, SLOW_KEPT);
}

const FIELDS = ['title', 'company', 'salary', 'sex', 'age', 'education', 'businessScope'] as const;
function postOf(text: string): PostInput {
  if (random() < 0.7) return { text };
  const field = FIELDS[Math.floor(random() * FIELDS.length)] as (typeof FIELDS)[number];
  return { text: text.slice(20) || '招聘', [field]: text.slice(0, 90) };
}

const found: string[] = [];
const report = (what: string, post: PostInput): void => {
  found.push(what);
  if (found.length <= 20) process.stderr.write(`${what}\n  ${JSON.stringify(post)}\n`);
};

function one(): void {
  const text = hostileText(
    random,
    material,
    slow.map((s) => s.text),
  );
  const post = postOf(text);
  try {
    const from = process.hrtime.bigint();
    const result = screener.screen(post);
    const took = Number(process.hrtime.bigint() - from) / 1_000;
    for (const breach of breachesOfResult(post, result)) report(breach, post);
    for (const { field, read } of rules.read(post).fields) for (const breach of breachesOfReading(read)) report(`${field}: ${breach}`, post);
    if (post.text === text) rate(text, took);
  } catch (error) {
    report(`crash: ${error instanceof Error ? error.stack : String(error)}`, post);
  }
}

const started = Date.now();
for (let i = 1; i <= texts; i += 1) {
  one();
  if (i % 50_000 === 0)
    process.stdout.write(
      `${i} texts, ${Math.round((i / (Date.now() - started)) * 1_000)}/s, ${found.length} found, slowest ${slow[0]?.pace.toFixed(2)} µs a character\n`,
    );
}

/** Length 4,000 to 64,000: the exponent of time over length, 1 when linear. */
const SIZES = [4_000, 16_000, 64_000] as const;
const MAX_EXPONENT = 1.3;
function growth(text: string): { readonly exponent: number; readonly times: readonly number[] } {
  const times = SIZES.map((size) => {
    const grown = text.repeat(Math.ceil(size / text.length)).slice(0, size);
    return Math.min(...Array.from({ length: 3 }, () => elapsed(() => screener.screen({ text: grown }))));
  });
  const [least, most] = [times[0] as number, times.at(-1) as number];
  return { exponent: Math.log(most / least) / Math.log((SIZES.at(-1) as number) / SIZES[0]), times };
}
let steepest = 0;
for (const { text } of slow.slice(0, 20)) {
  const { exponent, times } = growth(text);
  steepest = Math.max(steepest, exponent);
  if (exponent > MAX_EXPONENT)
    report(`time grows by length^${exponent.toFixed(2)} (${times.map((t) => Math.round(t)).join(', ')} µs at ${SIZES.join(', ')})`, { text });
}
process.stdout.write(
  `${JSON.stringify({ texts, seed, found: found.length, slowest: Number((slow[0]?.pace ?? 0).toFixed(3)), steepest: Number(steepest.toFixed(3)), screener: screener.version })}\n`,
);
process.exitCode = found.length > 0 ? 1 : 0;
