/** The chain of the ledger: every change, move, gap and insertion is found at its row. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../core/digest.ts';
import { GENESIS_HASH, type LedgerRow, ledgerRow, verifyChain } from '../../../evidence/ledger.ts';

function chain(n: number): LedgerRow[] {
  const rows: LedgerRow[] = [];
  for (let i = 0; i < n; i++)
    rows.push(
      ledgerRow(rows.at(-1) ?? null, {
        kind: i % 3 === 2 ? 'shot' : 'capture',
        refId: `capture-${i}`,
        payload: { url: `http://a.test/${i}`, note: '证据', size: i },
        at: new Date(1_795_000_000_000 + i * 1000),
      }),
    );
  return rows;
}

const flipped = (text: string, at: number): string => {
  const bytes = Buffer.from(text);
  bytes[at % bytes.length]! ^= 1;
  return bytes.toString('latin1') === Buffer.from(text).toString('latin1') ? `${text} ` : bytes.toString('utf8');
};

describe('ledger', () => {
  it('starts from 64 zeros and hashes the row before with its own canonical text', () => {
    const [first, second] = chain(2);
    expect(first!.prevHash).toBe(GENESIS_HASH);
    expect(first!.seq).toBe(1);
    expect(second!.prevHash).toBe(first!.hash);
    expect(second!.hash).toBe(sha256(`${first!.hash}\n${second!.payload}`));
    expect(JSON.parse(second!.payload)).toMatchObject({ seq: 2, ref: 'capture-1', kind: 'capture', data: { note: '证据' } });
  });

  it('holds for a whole chain and for an empty one', async () => {
    const rows = chain(30);
    expect(await verifyChain(rows)).toEqual({ ok: true, rows: 30, head: rows[29]!.hash, broken: null });
    expect(await verifyChain([])).toEqual({ ok: true, rows: 0, head: null, broken: null });
  });

  it('names the row when any one byte of payload, hashes or columns changed', async () => {
    const rows = chain(12);
    await fc.assert(
      fc.asyncProperty(fc.nat(11), fc.constantFrom('payload', 'hash', 'prevHash', 'kind', 'refId', 'at'), fc.nat(), async (i, column, at) => {
        const row = rows[i]!;
        const bad = { ...row, ...(column === 'at' ? { at: new Date(row.at.getTime() + 1) } : { [column]: flipped(row[column as 'payload'], at) }) };
        const report = await verifyChain(rows.with(i, bad));
        expect(report.broken?.seq).toBe(row.seq);
        expect(report.rows).toBe(i);
      }),
      { numRuns: 300 },
    );
  });

  it('names the place where a row was dropped, doubled, swapped or rewritten with a matching hash', async () => {
    const rows = chain(10);
    expect((await verifyChain(rows.toSpliced(4, 1))).broken).toMatchObject({ seq: 6, reason: expect.stringContaining('缺失') });
    expect((await verifyChain(rows.toSpliced(4, 0, rows[3]!))).broken).toMatchObject({ seq: 4 });
    expect((await verifyChain(rows.with(4, rows[5]!).with(5, rows[4]!))).broken).toMatchObject({ seq: 6 });
    const forged = ledgerRow(rows[3]!, { kind: 'capture', refId: 'capture-4', payload: { url: 'http://b.test' }, at: rows[4]!.at });
    expect((await verifyChain(rows.with(4, forged))).broken).toMatchObject({ seq: 6, reason: expect.stringContaining('前一条') });
  });
});
