/** The verifier: sound evidence passes, and every kind of damage is named by its place. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobFacts, captureFacts, type LedgerRow, ledgerRow } from '../../../evidence/ledger.ts';
import { createContentStore } from '../../../evidence/store.ts';
import { type CaptureToVerify, type EvidenceReport, verifyEvidence } from '../../../evidence/verify.ts';
import { createSealer, type SealedRecord } from '../../../evidence/warc.ts';
import { exchangeOf } from './exchange.ts';

let dir = '';
const rows: LedgerRow[] = [];
const captures: CaptureToVerify[] = [];
const places: SealedRecord[] = [];
let shot = '';

const add = (entry: Parameters<typeof ledgerRow>[1]): void => void rows.push(ledgerRow(rows.at(-1) ?? null, entry));

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pincha-verify-'));
  const sealer = createSealer({ dir });
  for (let i = 0; i < 4; i++) {
    const exchange = exchangeOf(`<p>第 ${i} 条招聘信息，长白班包吃住 ${'细则'.repeat(i * 40)}</p>`);
    const place = await sealer.seal(exchange, i === 3 ? 'import' : 'http');
    const at = new Date(1_795_000_000_000 + i);
    add({ kind: 'capture', refId: `c${i}`, payload: captureFacts(place, { ...exchange, via: 'http' }), at });
    captures.push({ id: `c${i}`, ...place, shotSha256: null });
    places.push(place);
  }
  await sealer.close();
  shot = await createContentStore(dir).put(Buffer.from('假装是一张图片'));
  add({ kind: 'shot', refId: 'c1', payload: blobFacts({ sha256: shot, from: 'sealed' }), at: new Date(1_795_000_001_000) });
  captures[1] = { ...captures[1]!, shotSha256: shot };
  captures.push({ id: 'wall', sha256: null, sm3: null, warcFile: null, warcOffset: null, warcLength: null, shotSha256: null });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const verify = (over: { rows?: LedgerRow[]; captures?: CaptureToVerify[]; whole?: boolean } = {}): Promise<EvidenceReport> =>
  verifyEvidence({ ledgerRows: over.rows ?? rows, captures: over.captures ?? captures, dir, whole: over.whole });

describe('verifyEvidence', () => {
  it('holds for untouched evidence and counts what it checked', async () => {
    const report = await verify();
    expect(report).toMatchObject({ ok: true, state: 'unsigned', first: null, faults: [], tails: [] });
    expect(report.captures).toEqual({ total: 5, withBytes: 4, sound: 4 });
    expect(report.blobs).toEqual({ checked: 1, sound: 1 });
    expect(report.ledger).toMatchObject({ ok: true, rows: 5, head: rows.at(-1)!.hash });
  });

  it('names the record when any one bit of the WARC file changed, whichever record it is in', async () => {
    const path = join(dir, places[0]!.warcFile);
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const torn = Buffer.from(whole);
        torn[at]! ^= 1 << bit;
        await writeFile(path, torn);
        const report = await verify();
        expect(report.ok).toBe(false);
        const owner = places.findIndex((p) => at < p.warcOffset + p.warcLength);
        const isWarcinfo = report.first!.place.endsWith('warcinfo 记录');
        if (!isWarcinfo) expect(report.first!.place).toContain(`capture c${owner}`);
        else expect(owner).toBe(0);
        expect(report.captures.sound).toBe(3);
      }),
      { numRuns: 250 },
    );
    await writeFile(path, whole);
    expect((await verify()).ok).toBe(true);
  });

  it('names the stored file when any one bit of it changed, and when it is gone', async () => {
    const path = join(dir, 'blob', shot.slice(0, 2), shot.slice(2, 4), shot);
    const whole = await readFile(path);
    for (let at = 0; at < whole.length; at++) {
      const torn = Buffer.from(whole);
      torn[at]! ^= 0x10;
      await writeFile(path, torn);
      expect((await verify()).first).toMatchObject({ place: 'ledger 5 (shot)', reason: expect.stringContaining(shot) });
    }
    await rm(path);
    expect((await verify()).first).toMatchObject({ place: 'ledger 5 (shot)', reason: expect.stringContaining('不存在') });
    await writeFile(path, whole);
  });

  it('names the ledger row when any one byte of its payload changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.nat(), async (i, at) => {
        const bytes = Buffer.from(rows[i]!.payload);
        bytes[at % bytes.length]! ^= 1;
        const report = await verify({ rows: rows.with(i, { ...rows[i]!, payload: bytes.toString('utf8') }) });
        expect(report.first).toMatchObject({ place: `ledger ${i + 1}` });
      }),
      { numRuns: 100 },
    );
  });

  it('sees columns that were changed to agree with changed bytes, by the ledger', async () => {
    const swapped = captures.with(0, { ...captures[2]!, id: 'c0' });
    const report = await verify({ captures: swapped });
    expect(report.first?.place).toBe('ledger 1 / capture c0');
  });

  it('names the capture when any one of its columns changed, and a second row that says something else of it', async () => {
    const exchange = exchangeOf('x');
    const facts = { ...exchange, via: 'http', kind: 'post', outcome: 'ok', reason: null };
    const entered = ledgerRow(rows.at(-1)!, { kind: 'capture', refId: 'full', payload: captureFacts(places[0]!, facts), at: exchange.fetchedAt });
    const { url, finalUrl, status, fetchedAt } = exchange;
    const told = { url, finalUrl, status, via: 'http', kind: 'post', outcome: 'ok', reason: null, fetchedAt, ledgerSeq: entered.seq };
    const full: CaptureToVerify = { id: 'full', ...places[0]!, ...told, shotSha256: null };
    const whole = { rows: [...rows, entered], captures: [...captures, full] };
    expect((await verify(whole)).first).toBeNull();
    const { recordSha256: _, ...columns } = full as CaptureToVerify & { recordSha256: string };
    for (const [name, value] of Object.entries(columns)) {
      const other = value instanceof Date ? new Date(value.getTime() + 1) : typeof value === 'number' ? value + 1 : `${value ?? 'a'.repeat(63)}a`;
      const report = await verify({ ...whole, captures: [...captures, { ...full, [name]: other } as CaptureToVerify] });
      expect(report.first?.place, name).toMatch(/capture full|capture fulla/);
    }
    const again = ledgerRow(entered, { kind: 'capture', refId: 'full', payload: captureFacts(places[1]!, facts), at: exchange.fetchedAt });
    const swapped = { ...full, ...places[1]!, ledgerSeq: again.seq };
    expect((await verify({ rows: [...whole.rows, again], captures: [...captures, swapped] })).first).toMatchObject({ place: `ledger ${again.seq}` });
  });

  it('sees a wrong SM3, a capture the ledger never had, one that vanished, and a shot nobody recorded', async () => {
    const wrong = await verify({ captures: captures.with(1, { ...captures[1]!, sm3: 'f'.repeat(64) }) });
    expect(wrong.faults.map((f) => f.reason).join()).toContain('SM3');
    const foreign = await verify({ captures: [...captures, { ...captures[0]!, id: 'foreign' }] });
    expect(foreign.first).toMatchObject({ place: 'capture foreign' });
    const vanished = await verify({ captures: captures.slice(1) });
    expect(vanished.first).toMatchObject({ place: 'ledger 1', reason: expect.stringContaining('c0') });
    expect((await verify({ captures: captures.slice(1), whole: false })).ok).toBe(true);
    const unrecorded = await verify({ captures: captures.with(0, { ...captures[0]!, shotSha256: shot }) });
    expect(unrecorded.first).toMatchObject({ place: 'shot of capture c0' });
    const unnamed = await verify({ captures: captures.with(1, { ...captures[1]!, shotSha256: null }) });
    expect(unnamed.first).toMatchObject({ place: 'shot of capture c1' });
    const relabelled = await verify({ captures: captures.with(1, { ...captures[1]!, shotFrom: 'live' }) });
    expect(relabelled.first).toMatchObject({ place: 'shot of capture c1', reason: '页面留影的来源与存证链记录不符' });
  });

  it('reports bytes behind the last record without failing for them', async () => {
    const path = join(dir, places[0]!.warcFile);
    const whole = await readFile(path);
    await appendFile(path, Buffer.from('半条记录'));
    const report = await verify();
    expect(report.ok).toBe(true);
    expect(report.tails).toEqual([{ warcFile: places[0]!.warcFile, bytes: 12 }]);
    await writeFile(path, whole.subarray(0, whole.length - 5));
    expect((await verify()).first).toMatchObject({ place: expect.stringContaining('capture c3'), reason: expect.stringContaining('已结束') });
    await writeFile(path, whole);
  });
});
