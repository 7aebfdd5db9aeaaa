/** `pincha screen` on real files and threads: order, bad lines, long lines, and memory that stays flat. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { screenFile } from '../../../bin/screen-file.ts';
import { PinchaError } from '../../../core/errors.ts';
import { screenResultSchema } from '../../../core/model/finding.ts';
import { MAX_TEXT } from '../../../core/model/post.ts';

const dir = mkdtempSync(path.join(os.tmpdir(), 'pincha-screen-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Collects what is written; with a delay it is a slow reader, so that back-pressure is real. */
class Sink extends Writable {
  text = '';
  constructor(private readonly delayMs = 0) {
    super({ highWaterMark: 1_024 });
  }
  override async _write(chunk: Buffer, _encoding: string, done: () => void): Promise<void> {
    this.text += chunk.toString();
    if (this.delayMs > 0) await wait(this.delayMs);
    done();
  }
  get lines(): string[] {
    return this.text.split('\n').filter(Boolean);
  }
}
const post = (i: number): string =>
  JSON.stringify({
    id: `p${i}`,
    title: '操作工',
    company: '示例电子有限公司',
    text: i % 3 === 0 ? '限男性,负责装配' : '负责装配,男女不限',
    filler: 'x'.repeat(600),
  });

describe('screenFile', () => {
  it('keeps the order over several threads and a slow reader', async () => {
    const input = path.join(dir, 'posts.jsonl');
    writeFileSync(input, `${Array.from({ length: 3_000 }, (_, i) => post(i)).join('\n')}\n`);
    const output = new Sink(5);
    const summary = await screenFile({ input, output, workers: 2, rejects: new Sink() });
    const results = output.lines.map((line) => screenResultSchema.parse(JSON.parse(line)));
    expect(results.map((r) => r.id)).toEqual(Array.from({ length: 3_000 }, (_, i) => `p${i}`));
    expect(results.filter((r) => r.level === 'statutory')).toHaveLength(1_000);
    expect(summary).toMatchObject({ lines: 3_000, posts: 3_000, rejected: 0 });
    expect(summary.levels.statutory).toBe(1_000);
  });

  it('counts bad lines, writes each with number and reason, and goes on', async () => {
    const rejects = path.join(dir, 'rejects.jsonl');
    const output = new Sink();
    const lines = [`\ufeff${post(1)}`, '{"id": broken', '', JSON.stringify({ id: 'empty' }), JSON.stringify({ text: 5 }), '[]', post(2)];
    const summary = await screenFile({ input: Readable.from([Buffer.from(lines.join('\n'))]), output, rejects, workers: 1 });
    expect(output.lines.map((line) => JSON.parse(line).id)).toEqual(['p1', 'p2']);
    const refused = readFileSync(rejects, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(refused.map((r) => r.line)).toEqual([2, 4, 5, 6]);
    expect(refused[1].reason).toContain('text');
    expect(refused[2].reason).toContain('应为文字，实际是数字');
    expect(refused[0].raw).toBe('{"id": broken');
    expect(summary).toMatchObject({ posts: 2, rejected: 4 });
  });

  it('refuses a line without end instead of holding it, and reads on behind it', async () => {
    const rejects = new Sink();
    const output = new Sink();
    const chunk = Buffer.alloc(1024 * 1024, 'a');
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from(`${post(1)}\n`);
      for (let i = 0; i < 40; i += 1) yield chunk;
      yield Buffer.from(`\n${post(2)}\n`);
    }
    const summary = await screenFile({ input: Readable.from(endless()), output, rejects, workers: 1 });
    expect(output.lines.map((line) => JSON.parse(line).id)).toEqual(['p1', 'p2']);
    expect(rejects.lines.map((line) => JSON.parse(line).line)).toEqual([2]);
    expect(summary).toMatchObject({ lines: 3, posts: 2, rejected: 1 });
  });

  it('says of a text too long to be read to its end that only its beginning was', async () => {
    const output = new Sink();
    const progress = new Sink();
    const long = JSON.stringify({ id: 'long', title: '操作工', text: `${'负责装配。'.repeat(50_000)}限男性` });
    const summary = await screenFile({ input: Readable.from([`${long}\n${post(1)}\n`]), output, rejects: new Sink(), workers: 1, progress });
    const results = output.lines.map((line) => screenResultSchema.parse(JSON.parse(line)));
    expect(results.map((r) => r.cut)).toEqual([['text'], undefined]);
    expect(results[0]?.findings.filter((f) => f.kind === 'gender-restriction')).toEqual([]);
    expect(summary).toMatchObject({ posts: 2, cut: 1, rejected: 0 });
    expect(progress.lines.at(-1)).toContain(`过长只读前 ${MAX_TEXT} 字 1`);
  });

  it('says which file is missing, and which rule pack is broken', async () => {
    const missing = path.join(dir, 'nowhere.jsonl');
    await expect(screenFile({ input: missing, output: new Sink(), workers: 1 })).rejects.toMatchObject({ code: 'FILE_UNREADABLE', details: { file: missing } });
    const failure = await screenFile({ input: Readable.from([`${post(1)}\n`]), output: new Sink(), workers: 1, lawDir: path.join(dir, 'no-law') }).catch(
      (e: unknown) => e,
    );
    expect(failure).toBeInstanceOf(PinchaError);
    expect((failure as PinchaError).code).toBe('FILE_UNREADABLE');
    expect((failure as PinchaError).message).toContain('no-law');
  });

  it('tells its progress in plain lines where there is no terminal', async () => {
    const progress = new Sink();
    await screenFile({ input: Readable.from([`${post(3)}\n`]), output: new Sink(), workers: 1, progress });
    expect(progress.lines.at(-1)).toMatch(/已筛查 1 条.*疑似违反法定要求 1/);
  });
});
