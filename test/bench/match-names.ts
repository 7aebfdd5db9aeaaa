/**
 * How well and how fast names are matched on real companies: a list of 100,000 (half of the registered names, the rest
 * made of real short names), asked for with noise and for companies as near as real ones come that are not on it.
 * `PINCHA_DATA_COMPANIES=<folder with registered.tsv and short-names.txt> node --import tsx test/bench/match-names.ts [--examples]`
 */
import fs from 'node:fs';
import path from 'node:path';
import { type Company, company, describeNames, measureNames, seeded, takeApart, written } from '../support/name-noise.ts';

const folder = process.env['PINCHA_DATA_COMPANIES'];
const ROWS = 100_000;
const SYNTHETIC_ASKED = 300;

if (!folder) {
  console.error('PINCHA_DATA_COMPANIES names no folder');
  process.exit(2);
}
const lines = (file: string): string[] =>
  fs
    .readFileSync(path.join(folder, file), 'utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/);
const random = seeded(Number(process.env['SEED'] ?? 2026));
const registered = lines('registered.tsv')
  .slice(1)
  .map((l) => l.split('\t')[0] ?? '')
  .filter(Boolean);
const brands = [...new Set(lines('short-names.txt').filter((b) => /^\p{Script=Han}{2,4}$/u.test(b)))];
const half = registered.map(() => random(2) === 0);
const onList = registered.filter((_, i) => half[i]);
const made: Company[] = Array.from({ length: ROWS - onList.length }, () => company(brands[random(brands.length)] as string, random));
const asked = [...onList.flatMap((name) => takeApart(name) ?? []), ...made.slice(0, SYNTHETIC_ASKED)];
const report = measureNames({
  listed: [...onList, ...made.map(written)],
  asked,
  unlisted: registered.filter((_, i) => !half[i]),
  brands,
  seed: 7,
});
console.log(`${ROWS} listed, ${asked.length} companies asked for`);
console.log(describeNames(report));
if (process.argv.includes('--examples')) for (const l of [...report.noises, ...report.distractors]) for (const e of l.examples) console.log(`${l.name}: ${e}`);
