/**
 * How fast posts are screened, beside others that read the same posts in the same run: `pincha screen` with two threads
 * and with one, native fastText (Debian's `fasttext`: characters as tokens, 4-grams), `natural`'s Bayes classifier, and
 * JSON parsing alone; how long a start takes; memory as the input grows. Posts are made here, or come from a file.
 * A hundred thousand posts, so that what the compiler of JavaScript does in its first second is not most of what is measured.
 * `node --import tsx test/bench/screen.ts [posts.jsonl] [--posts 100000] [--memory 10000,100000,1000000] [--json out.json]`
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildScreening } from '../../bin/screener.ts';
import type { PostInput } from '../../core/model/post.ts';
import { type Cost, measuredRun } from '../support/measured-run.ts';
import { postMaker } from '../support/post-maker.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { posts: { type: 'string', default: '100000' }, memory: { type: 'string', default: '10000,100000' }, json: { type: 'string' } },
});
const PINCHA = fileURLToPath(new URL('../../bin/pincha.mjs', import.meta.url));
const NATURAL_POSTS = 400;
const NATURAL_TRAINED = 200;
const LABELLED = 4_000;
/** Posts for what is measured within this process. */
const NEAR = 20_000;

interface Row {
  readonly name: string;
  readonly posts: number;
  /** Posts a second by the clock, start included and left out. */
  readonly perSecond: number;
  readonly steady: number | null;
  /** Processor time a post, in microseconds, start left out. */
  readonly cpuMicros: number;
  readonly peakMb: number | null;
}
const rows: Row[] = [];
const notes: string[] = [];
const folder = mkdtempSync(path.join(os.tmpdir(), 'pincha-bench-'));
const data = path.join(folder, 'data');
const env = { ...process.env, PINCHA_DATA: data };

function made(file: string, count: number): string {
  const make = postMaker(7);
  const handle = openSync(file, 'w');
  for (let i = 0; i < count; i += 1_000) writeSync(handle, Array.from({ length: Math.min(1_000, count - i) }, () => `${JSON.stringify(make())}\n`).join(''));
  closeSync(handle);
  return file;
}

const screen = (args: readonly string[], input?: Readable): Promise<Cost> => measuredRun(process.execPath, [PINCHA, 'screen', ...args], input, { env });

function pinchaRow(name: string, posts: number, cost: Cost, start: Cost): Row {
  const [seconds, cpu] = [Math.max(cost.seconds - start.seconds, 0.001), Math.max(cost.cpuSeconds - start.cpuSeconds, 0)];
  return { name, posts, perSecond: posts / cost.seconds, steady: posts / seconds, cpuMicros: (cpu / posts) * 1e6, peakMb: cost.peakMb };
}

/** Characters as tokens: what Chinese text is to a tool that splits at blanks. */
const tokens = (post: PostInput): string => Array.from(`${post.title ?? ''} ${post.text ?? ''}`.replace(/\s+/g, '')).join(' ');

async function fastText(posts: readonly PostInput[], labels: readonly string[]): Promise<void> {
  const found = spawnSync('fasttext', ['help'], { encoding: 'utf8' });
  if (found.error) {
    notes.push('fasttext: not installed (Debian package "fasttext"); its row is missing');
    return;
  }
  const [train, ask, one, model] = ['train.txt', 'ask.txt', 'one.txt', 'model'].map((name) => path.join(folder, name)) as [string, string, string, string];
  writeFileSync(
    train,
    posts
      .slice(0, LABELLED)
      .map((post, i) => `__label__${labels[i]} ${tokens(post)}\n`)
      .join(''),
  );
  writeFileSync(ask, posts.map((post) => `${tokens(post)}\n`).join(''));
  writeFileSync(one, `${tokens(posts[0] as PostInput)}\n`);
  const trained = spawnSync('fasttext', ['supervised', '-input', train, '-output', model, '-wordNgrams', '4', '-epoch', '2', '-thread', '2', '-verbose', '0']);
  if (trained.status !== 0) {
    notes.push(`fasttext: training failed: ${String(trained.stderr).slice(-200)}`);
    return;
  }
  const start = await measuredRun('fasttext', ['predict', `${model}.bin`, one]);
  const cost = await measuredRun('fasttext', ['predict', `${model}.bin`, ask]);
  rows.push(pinchaRow('fastText, native, one thread', posts.length, cost, start));
}

interface Bayes {
  addDocument(words: string[], label: string): void;
  train(): void;
  classify(words: string[]): string;
}
function naturalBayes(posts: readonly PostInput[], labels: readonly string[]): void {
  const { BayesClassifier } = createRequire(import.meta.url)('natural/lib/natural/classifiers/bayes_classifier.js') as { BayesClassifier?: new () => Bayes };
  const Made = BayesClassifier ?? (createRequire(import.meta.url)('natural/lib/natural/classifiers/bayes_classifier.js') as unknown as new () => Bayes);
  const bayes = new Made();
  posts.slice(0, NATURAL_TRAINED).forEach((post, i) => {
    bayes.addDocument(tokens(post).split(' '), labels[i] as string);
  });
  bayes.train();
  inProcess('natural, BayesClassifier', posts.slice(0, NATURAL_POSTS), (post) => bayes.classify(tokens(post).split(' ')));
}

/** Times what runs in this thread: once to warm up, once to count. */
function inProcess<T>(name: string, items: readonly T[], run: (item: T) => unknown): void {
  for (const item of items) run(item);
  const [began, before] = [performance.now(), process.cpuUsage()];
  for (const item of items) run(item);
  const used = process.cpuUsage(before);
  const perSecond = items.length / ((performance.now() - began) / 1000);
  rows.push({ name, posts: items.length, perSecond, steady: null, cpuMicros: (used.user + used.system) / items.length, peakMb: null });
}

/** Where the time of a post goes, stage by stage, in this thread. */
function stages(lines: readonly string[], posts: readonly PostInput[]): void {
  const { rules, screener } = buildScreening();
  const day = new Date();
  inProcess('JSON.parse alone', lines, (line) => JSON.parse(line));
  inProcess('· reading (folding, disguises, figures)', posts, (post) => rules.read(post));
  inProcess('· reading and rules', posts, (post) => rules.match(post, { asOf: day }));
  inProcess('· all of screening', posts, (post) => screener.screen(post));
  inProcess('· parse, screen, write', lines, (line) => JSON.stringify(screener.screen(JSON.parse(line) as PostInput)));
}

async function memory(lines: readonly string[], sizes: readonly number[]): Promise<{ posts: number; peakMb: number; growth: number; perSecond: number }[]> {
  const result = [];
  for (const size of sizes) {
    const held = Math.min(size, lines.length, NEAR);
    const text = Buffer.from(`${lines.slice(0, held).join('\n')}\n`);
    const times = Math.max(1, Math.round(size / held));
    const cost = await screen(['-', '--workers', '2'], Readable.from(Array.from({ length: times }, () => text)));
    const posts = times * held;
    result.push({ posts, peakMb: Math.round(cost.peakMb), growth: Number(cost.growth.toFixed(2)), perSecond: Math.round(posts / cost.seconds) });
  }
  return result;
}

async function main(): Promise<void> {
  const file = positionals[0] ?? made(path.join(folder, 'posts.jsonl'), Number(values.posts));
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const posts = lines.map((line) => JSON.parse(line) as PostInput);
  const characters = Math.round(posts.reduce((sum, post) => sum + (post.text ?? '').length, 0) / posts.length);
  const single = path.join(folder, 'single.jsonl');
  writeFileSync(single, `${lines[0]}\n`);
  const cold = await screen([single, '--workers', '1']);
  spawnSync('mkdir', ['-p', data]);
  await screen([single, '--workers', '1']);
  const start = await screen([single, '--workers', '1']);
  rows.push(pinchaRow('pincha screen --workers 2', posts.length, await screen([file, '--workers', '2']), start));
  rows.push(pinchaRow('pincha screen --workers 1', posts.length, await screen([file, '--workers', '1']), start));
  stages(lines.slice(0, NEAR), posts.slice(0, NEAR));
  const { screener } = buildScreening();
  const labels = posts.slice(0, LABELLED).map((post) => screener.screen(post).findings.find((f) => f.level !== 'format')?.kind ?? 'none');
  await fastText(posts, labels);
  naturalBayes(posts, labels);
  const growth = await memory(lines, values.memory.split(',').filter(Boolean).map(Number));
  const report = { posts: posts.length, characters, startSeconds: { firstEver: cold.seconds, kept: start.seconds }, rows, memory: growth, notes };
  console.log(`${posts.length} posts, ${characters} characters on average; start ${start.seconds.toFixed(2)} s (first ever ${cold.seconds.toFixed(2)} s)`);
  console.table(
    rows.map((r) => ({
      name: r.name,
      'posts/s': Math.round(r.perSecond),
      'posts/s after start': r.steady && Math.round(r.steady),
      'CPU µs/post': Number(r.cpuMicros.toFixed(1)),
      'peak MB': r.peakMb && Math.round(r.peakMb),
    })),
  );
  console.table(growth);
  for (const note of notes) console.log(note);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
