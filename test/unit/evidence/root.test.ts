import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../core/digest.ts';
import { type LedgerRow, ledgerRow } from '../../../evidence/ledger.ts';
import { merkleOf, proofOf, type RootStatement, readStatement, rootHash, statementFault, statementText, verifyProof } from '../../../evidence/root.ts';

const at = new Date('2026-03-01T02:00:00.000Z');

function chain(count: number): LedgerRow[] {
  const rows: LedgerRow[] = [];
  for (let i = 0; i < count; i += 1)
    rows.push(ledgerRow(rows.at(-1) ?? null, { kind: 'capture', refId: `00000000-0000-7000-8000-${String(i).padStart(12, '0')}`, payload: { n: i }, at }));
  return rows;
}

function rootOver(rows: readonly LedgerRow[], prev: { statement: RootStatement; hash: string } | null = null): RootStatement {
  const [first, last] = [rows[0]!, rows.at(-1)!];
  return {
    v: 1,
    no: (prev?.statement.no ?? 0) + 1,
    date: '2026-03-01',
    fromSeq: first.seq,
    toSeq: last.seq,
    head: last.hash,
    merkle: merkleOf(rows.map((r) => r.hash)),
    prevRoot: prev?.hash ?? null,
    at: at.toISOString(),
  };
}

describe('the tree', () => {
  it('is that of RFC 9162: leaves under 00, nodes under 01, split at the largest power of two below', () => {
    const leaf = (hex: string): string => sha256(Buffer.from(`00${hex}`, 'hex'));
    const node = (a: string, b: string): string => sha256(Buffer.from(`01${a}${b}`, 'hex'));
    const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((x) => sha256(x)) as [string, string, string, string, string];
    expect(merkleOf([])).toBe(sha256(''));
    expect(merkleOf([a])).toBe(leaf(a));
    expect(merkleOf([a, b, c])).toBe(node(node(leaf(a), leaf(b)), leaf(c)));
    expect(merkleOf([a, b, c, d, e])).toBe(node(node(node(leaf(a), leaf(b)), node(leaf(c), leaf(d))), leaf(e)));
  });
});

describe('a proof', () => {
  it('holds for every row of every small tree, and for no other place', () => {
    for (const size of [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 21]) {
      const rows = chain(size + 3).slice(3);
      const root = { ...rootOver(rows), no: 2 };
      const hashes = rows.map((r) => r.hash);
      for (const row of rows) {
        const proof = proofOf(row, root, hashes)!;
        expect(proof.path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)) || 0);
        expect(verifyProof(proof, root)).toBeNull();
        const moved = { ...proof, row: { ...proof.row, seq: proof.row.seq === root.toSeq ? root.fromSeq - 1 : proof.row.seq + 1 } };
        expect(verifyProof(moved, root)).not.toBeNull();
        expect(verifyProof({ ...proof, path: [...proof.path, root.head] }, root)).toBe('路径不通向日根');
        expect(verifyProof({ ...proof, path: proof.path.slice(1) }, root)).toBe(size === 1 ? null : '路径不通向日根');
      }
    }
  });

  it('names what does not fit', () => {
    const rows = chain(9);
    const root = rootOver(rows);
    const hashes = rows.map((r) => r.hash);
    const proof = proofOf(rows[4]!, root, hashes)!;
    const row = { ...proof.row, payload: proof.row.payload.replace('"n":4', '"n":5') };
    expect(verifyProof({ ...proof, row }, root)).toBe('内容与哈希不符');
    expect(verifyProof({ ...proof, row: { ...row, hash: sha256(`${row.prevHash}\n${row.payload}`) } }, root)).toBe('路径不通向日根');
    expect(verifyProof({ ...proof, row: { ...proof.row, ref: 'x' } }, root)).toBe('序号、类别或引用与已存证内容不符');
    expect(verifyProof({ ...proof, rootNo: 2 }, root)).toMatch('第 2 号');
    expect(verifyProof({ ...proof, path: ['zz'] }, root)).toBe('路径不通向日根');
  });

  it('is not made from hashes that are not the root’s', () => {
    const rows = chain(4);
    const root = rootOver(rows);
    expect(
      proofOf(
        rows[1]!,
        root,
        rows.slice(0, 3).map((r) => r.hash),
      ),
    ).toBeNull();
    expect(proofOf(rows[1]!, root, [rows[0]!.hash, rows[1]!.hash, rows[3]!.hash, rows[2]!.hash])).toBeNull();
    expect(
      proofOf(
        chain(6)[5]!,
        root,
        rows.map((r) => r.hash),
      ),
    ).toBeNull();
  });
});

describe('a statement', () => {
  it('is read back only from its own canonical text', () => {
    const text = statementText(rootOver(chain(3)));
    expect(statementText(readStatement(text)!)).toBe(text);
    for (const wrong of ['', '[]', `${text} `, text.replace('"v":1', '"v":2'), text.replace('"no":1', '"no":1.5'), text.replace('"at"', '"au"')])
      expect(readStatement(wrong)).toBeNull();
  });

  it('follows the one before', () => {
    const rows = chain(5);
    const first = rootOver(rows.slice(0, 2));
    const prev = { statement: first, hash: rootHash(statementText(first)) };
    const second = rootOver(rows.slice(2), prev);
    expect(statementFault(null, first)).toBeNull();
    expect(statementFault(prev, second)).toBeNull();
    expect(statementFault(null, second)).toBe('日根编号中断：应为 1');
    expect(statementFault(prev, { ...second, prevRoot: first.head })).toBe('前一日根的摘要与登记不符');
    expect(statementFault(prev, { ...second, fromSeq: 4 })).toBe('起始行不接前一日根的末行');
    expect(statementFault(prev, { ...second, date: '2026-02-28' })).toBe('日期早于前一日根');
  });
});
