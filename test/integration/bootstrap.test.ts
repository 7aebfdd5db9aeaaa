/**
 * The first thing that runs, in a folder of its own with an npm, a bundler and a program that only write down that they
 * ran: installs and builds when needed and not again, hands on signals and exit codes, and ends the program when it or
 * whoever started it was killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, killAllOn, leftOn } from '../support/process-tree.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const NOTE = `const note = (words) => require('node:fs').appendFileSync(process.env.NOTES, words + '\\n');`;
const NPM = `${NOTE} const fs = require('node:fs');
note('npm ' + process.argv.slice(2, 4).join(' '));
fs.mkdirSync('node_modules', { recursive: true });
if (!fs.existsSync('node_modules/tsx')) fs.symlinkSync(${JSON.stringify(path.join(ROOT, 'node_modules/tsx'))}, 'node_modules/tsx');
fs.mkdirSync('node_modules/vite/bin', { recursive: true });
fs.writeFileSync('node_modules/vite/bin/vite.js', ${JSON.stringify(`${NOTE} note('vite'); require('node:fs').mkdirSync('review-ui/dist', { recursive: true });`)});
process.exit(Number(process.env.NPM_EXIT ?? 0));`;
const PROGRAM = `import fs from 'node:fs';
const note = (words) => fs.appendFileSync(process.env.NOTES, words + '\\n');
note('program ' + process.argv.slice(2).join(' '));
if (process.argv[2] === 'code') process.exit(7);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => { note(signal); process.exit(0); });
process.on('disconnect', () => { note('disconnect'); process.exit(0); });
setInterval(() => undefined, 1_000);`;

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'pincha-boot-'));
  for (const folder of ['bin', 'review-ui', 'core/model']) fs.mkdirSync(path.join(root, folder), { recursive: true });
  fs.copyFileSync(path.join(ROOT, 'bin/bootstrap.mjs'), path.join(root, 'bin/bootstrap.mjs'));
  for (const [file, text] of Object.entries({
    'npm.cjs': NPM,
    'bin/pincha.ts': PROGRAM,
    'package.json': '{"type":"module"}',
    'package-lock.json': '{}',
    'review-ui/main.tsx': '',
  }))
    fs.writeFileSync(path.join(root, file), text);
});
afterEach(async () => {
  await killAllOn(root);
  fs.rmSync(root, { recursive: true, force: true });
});

const notes = (): string[] => (fs.existsSync(path.join(root, 'notes')) ? fs.readFileSync(path.join(root, 'notes'), 'utf8').trim().split('\n') : []);
const env = (more: Record<string, string> = {}) => ({ ...process.env, npm_execpath: path.join(root, 'npm.cjs'), NOTES: path.join(root, 'notes'), ...more });
const boot = (args: readonly string[], more: Record<string, string> = {}): ChildProcess =>
  spawn(process.execPath, [path.join(root, 'bin/bootstrap.mjs'), ...args], { cwd: root, env: env(more), stdio: 'ignore' });
const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', (code) => resolve(code)));
const until = (words: string) => eventually(words, 30_000, () => (notes().includes(words) ? true : null));

describe('the bootstrap', () => {
  it('installs and builds on the first start, not on the second, and again when something changed', async () => {
    expect(await ended(boot(['code', 'x']))).toBe(7);
    expect(notes()).toEqual(['npm ci --include=dev', 'vite', 'program code x']);
    expect(await ended(boot(['code']))).toBe(7);
    expect(notes().slice(3)).toEqual(['program code']);
    fs.writeFileSync(path.join(root, 'review-ui/main.tsx'), 'changed');
    expect(await ended(boot(['code']))).toBe(7);
    expect(notes().slice(4)).toEqual(['vite', 'program code']);
    fs.writeFileSync(path.join(root, 'package-lock.json'), '{"changed":true}');
    expect(await ended(boot(['code']))).toBe(7);
    expect(notes().slice(6)).toEqual(['npm ci --include=dev', 'vite', 'program code']);
  });

  it('starts nothing after an install that failed, and tries again the next time', async () => {
    expect(await ended(boot(['code'], { NPM_EXIT: '3' }))).toBe(3);
    expect(notes()).toEqual(['npm ci --include=dev']);
    expect(await ended(boot(['code']))).toBe(7);
    expect(notes()).toEqual(['npm ci --include=dev', 'npm ci --include=dev', 'vite', 'program code']);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('hands %s on, and ends with the program’s own code', async (signal) => {
    const child = boot(['start']);
    await until('program start');
    const code = ended(child);
    child.kill(signal);
    expect(await code).toBe(0);
    expect(notes().at(-1)).toBe(signal);
  });

  it('killed itself, leaves a program that knows and ends', async () => {
    const child = boot(['start']);
    await until('program start');
    child.kill('SIGKILL');
    await until('disconnect');
    expect(await leftOn(root)).toEqual([]);
  });

  it('ends the program when npm, which started it, was killed', async () => {
    const shell = spawn('sh', ['-c', `"${process.execPath}" bin/bootstrap.mjs start; true`], { cwd: root, env: env(), stdio: 'ignore' });
    await until('program start');
    shell.kill('SIGKILL');
    await until('SIGTERM');
    expect(await leftOn(root)).toEqual([]);
  });
});
