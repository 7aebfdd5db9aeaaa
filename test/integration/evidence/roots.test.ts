/**
 * Daily roots on the real database: each day once, missed days caught up, signed and time-stamped by services that may
 * fail, nothing doubled; and what is stored passes our verifier and `openssl ts`.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTimestampService } from '../../../crawlers/fetch/timestamp-service.ts';
import { inTransaction } from '../../../db/connect.ts';
import { appendLedger, ledgerRows } from '../../../db/repositories/capture.ts';
import { ledgerHashes, readRoots, rootFigures, rootOfRow, waitingSeals } from '../../../db/repositories/root.ts';
import { type LedgerRow, ledgerRow } from '../../../evidence/ledger.ts';
import { proofOf, readStatement, verifyProof } from '../../../evidence/root.ts';
import { createKeyFile, fingerprintOf } from '../../../evidence/root-key.ts';
import { timestampRequest } from '../../../evidence/timestamp.ts';
import { verifyEvidence } from '../../../evidence/verify.ts';
import { closeDays, type RootMakers, rootsWait, sealRoots } from '../../../queue/roots.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { openssl, startTsa, type Tsa } from '../../support/tsa.ts';

const dir = mkdtempSync(join(tmpdir(), 'pincha-roots-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let db: TestDatabase;
let now: Date;
let makers: RootMakers;

beforeEach(async () => {
  db = await freshDatabase();
  now = new Date('2026-03-02T02:00:00Z');
  makers = { db: db.db, clock: { now: () => now }, log: { warn: () => undefined, info: () => undefined }, keyFile: null, timestamps: null };
});
afterEach(() => db.close());

/** Rows of one moment. */
async function rows(at: string, count: number): Promise<void> {
  await inTransaction(db.db, async (tx) => {
    for (let i = 0; i < count; i += 1)
      await appendLedger(tx, (prev) => ledgerRow(prev, { kind: 'capture', refId: randomUUID(), payload: { n: i }, at: new Date(at) }));
  });
}
const verify = async (trust = {}) => verifyEvidence({ ledgerRows: ledgerRows(db.db), captures: [], dir, roots: await readRoots(db.db), trust, whole: false });
const ranges = (made: readonly { date: string; fromSeq: number; toSeq: number }[]) => made.map((r) => [r.date, r.fromSeq, r.toSeq]);

describe('days and their roots', () => {
  it('gives each day that is over one root, by the clock of Shanghai, and today none until asked', async () => {
    await rows('2026-02-27T15:59:59Z', 2); // 27 February, a second before midnight in Shanghai
    await rows('2026-02-27T16:00:00Z', 3); // 28 February
    await rows('2026-03-01T16:30:00Z', 2); // 2 March, which is today
    expect(await rootsWait(makers)).toBe(true);
    expect(ranges(await closeDays(makers))).toEqual([
      ['2026-02-27', 1, 2],
      ['2026-02-28', 3, 5],
    ]);
    expect(await closeDays(makers)).toEqual([]);
    expect(await rootsWait(makers)).toBe(false);
    expect(await verify()).toMatchObject({ ok: true, state: 'unsigned', roots: { count: 2, openRows: 4 } });
    expect(ranges(await closeDays(makers, true))).toEqual([['2026-03-02', 6, 9]]);
    expect(await closeDays(makers, true)).toEqual([]);
    await rows('2026-03-02T03:00:00Z', 1);
    now = new Date('2026-03-04T00:00:00Z');
    expect(ranges(await closeDays(makers))).toEqual([['2026-03-02', 10, 11]]);
    expect(await verify()).toMatchObject({ ok: true, roots: { count: 4, openRows: 1 } });
    expect(await rootFigures(db.db)).toEqual({ roots: 4, signed: 0, stamped: 0, coveredTo: 11, rows: 12 });
  });

  it('takes up rows that came late and rows dated ahead of a clock that was set back', async () => {
    await rows('2026-03-05T00:00:00Z', 2);
    await rows('2026-02-27T00:00:00Z', 1);
    expect(ranges(await closeDays(makers))).toEqual([['2026-03-01', 1, 3]]);
    await rows('2026-02-26T00:00:00Z', 1);
    expect(ranges(await closeDays(makers))).toEqual([['2026-03-01', 4, 5]]);
    expect(await verify()).toMatchObject({ ok: true });
  });

  it('makes one root when two processes are asked at once, which nobody can rewrite and which proves each row', async () => {
    await rows('2026-02-27T00:00:00Z', 30);
    const made = await Promise.all([closeDays(makers), closeDays(makers)]);
    expect(made.flat()).toHaveLength(1);
    expect(await verify()).toMatchObject({ ok: true, roots: { count: 1 } });
    for (const table of ['ledger_root', 'ledger_seal']) {
      await expect(db.pool.query(`delete from ${table}`)).rejects.toThrow('append-only');
      await expect(db.pool.query(`truncate ${table} cascade`)).rejects.toThrow('append-only');
    }
    // One row is proven by hashes alone.
    const root = await rootOfRow(db.db, 4);
    const statement = readStatement(root!.statement)!;
    const [all, hashes] = [[] as LedgerRow[], [] as string[]];
    for await (const row of ledgerRows(db.db)) all.push(row);
    for await (const hash of ledgerHashes(db.db, root!.fromSeq, root!.toSeq)) hashes.push(hash);
    expect(verifyProof(proofOf(all[3]!, statement, hashes)!, statement)).toBeNull();
    expect(await rootOfRow(db.db, 31)).toBeNull();
  });
});

describe('signatures', () => {
  it('come when the key comes, once, also for earlier roots; a key that cannot be read is tried again', async () => {
    await rows('2026-02-27T00:00:00Z', 2);
    await closeDays(makers);
    expect(await sealRoots(makers)).toBe(0);
    const file = join(dir, 'sm2.pem');
    makers = { ...makers, keyFile: file };
    expect(await sealRoots(makers)).toBe(1);
    expect(await waitingSeals(db.db)).toMatchObject([{ no: 1, tries: 1, reason: expect.stringContaining('ENOENT') as string }]);
    expect(await sealRoots(makers)).toBe(0);
    const fingerprint = fingerprintOf(await createKeyFile('sm2', file));
    now = new Date(now.getTime() + 61_000);
    expect(await rootsWait(makers)).toBe(true);
    expect(await sealRoots(makers)).toBe(1);
    expect(await waitingSeals(db.db)).toEqual([]);
    expect(await sealRoots(makers)).toBe(0);
    expect(await verify({ keys: [fingerprint] })).toMatchObject({ ok: true, state: 'signed', roots: { keys: [fingerprint] } });
    expect((await verify({ keys: ['00'] })).first).toMatchObject({ place: 'root 1 signature', reason: expect.stringContaining('不在所信任之列') as string });
  });
});

if (openssl) {
  describe('time-stamps of an OpenSSL authority', () => {
    let tsa: Tsa;
    beforeAll(async () => {
      tsa = await startTsa('rsa');
    });
    afterAll(() => tsa.close());
    beforeEach(async () => {
      tsa.answer = null;
      await rows('2026-02-27T00:00:00Z', 3);
      await closeDays(makers);
      makers = { ...makers, timestamps: createTimestampService(tsa.url, 'Pincha (test)', [tsa.ca]) };
    });

    it('are stored with the root and pass openssl ts -verify', async () => {
      const keyFile = join(dir, `${randomUUID()}.pem`);
      await createKeyFile('ed25519', keyFile);
      makers = { ...makers, keyFile };
      await sealRoots(makers);
      expect(await verify({ anchors: [tsa.ca] })).toMatchObject({ ok: true, state: 'signed+timestamped' });
      const [root] = await readRoots(db.db);
      const seal = root!.seals.find((s) => s.kind === 'timestamp')!;
      writeFileSync(join(tsa.dir, 'token'), Buffer.from(seal.value, 'base64'));
      writeFileSync(join(tsa.dir, 'statement'), root!.statement);
      expect(tsa.run('ts', '-verify', '-token_in', '-in', 'token', '-data', 'statement', '-CAfile', 'ca.pem')).toContain('Verification: OK');
      writeFileSync(join(tsa.dir, 'statement'), `${root!.statement} `);
      expect(tsa.run('ts', '-verify', '-token_in', '-in', 'token', '-data', 'statement', '-CAfile', 'ca.pem')).toContain('FAILED');
      const asked = tsa.asked();
      await sealRoots(makers);
      expect(tsa.asked()).toBe(asked);
    });

    it('survive a service that fails in every way: the root stays and is stamped later', async () => {
      const stale = await createTimestampService(tsa.url, 'Pincha (test)').ask(timestampRequest('ab'.repeat(32), '01'));
      const type = { 'content-type': 'application/timestamp-reply' };
      const answers: readonly (readonly [Tsa['answer'], string])[] = [
        [(_q, r) => void r.writeHead(503).end(), 'HTTP 503'],
        [(_q, r) => void r.writeHead(200, { 'content-type': 'text/html' }).end('<p>'), '应答类型不是时间戳'],
        [(_q, r) => void r.writeHead(200, type).end('zz'), '输入有误'],
        [(_q, r) => void r.writeHead(200, type).end(Buffer.alloc(200_000)), '内容超过上限'],
        [(_q, r) => void r.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), 'HTTP 302'],
        [(_q, r) => void r.writeHead(200, type).end(stale), '所盖的不是这份内容的摘要'],
      ];
      for (const [i, [answer, reason]] of answers.entries()) {
        tsa.answer = answer;
        expect(await sealRoots(makers)).toBe(1);
        expect(await sealRoots(makers)).toBe(0);
        expect(await waitingSeals(db.db)).toMatchObject([{ no: 1, tries: i + 1, reason: expect.stringContaining(reason) as string }]);
        now = new Date(now.getTime() + 60_000 * 2 ** i);
      }
      expect(await verify()).toMatchObject({ ok: true, state: 'unsigned', roots: { count: 1 } });
      tsa.answer = null;
      await sealRoots(makers);
      expect(await waitingSeals(db.db)).toEqual([]);
      expect((await readRoots(db.db))[0]!.seals.map((seal) => seal.kind)).toEqual(['timestamp']);
    });
  });
} else {
  describe('time-stamps of an OpenSSL authority', () => {
    it('NOT RUN: no openssl on the PATH; install it and run this file again to prove stored time-stamps with openssl ts -verify', () => {
      console.warn('NOT RUN: stored time-stamps against openssl ts -verify (no openssl on the PATH)');
      expect(openssl).toBe(false);
    });
  });
}
