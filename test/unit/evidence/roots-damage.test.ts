/** Any one byte changed in a row, root, signature or token is named by the verifier, by its place. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LedgerKind, type LedgerRow, ledgerRow } from '../../../evidence/ledger.ts';
import { merkleOf, type RootStatement, rootHash, statementText } from '../../../evidence/root.ts';
import { createKeyFile, readSigner } from '../../../evidence/root-key.ts';
import { rootFacts, type StoredRoot, type StoredSeal, sealFacts } from '../../../evidence/seal.ts';
import { checkToken, timestampRequest, tokenOfReply } from '../../../evidence/timestamp.ts';
import { verifyEvidence } from '../../../evidence/verify.ts';
import { openssl, startTsa } from '../../support/tsa.ts';

let dir = '';
const rows: LedgerRow[] = [];
const roots: StoredRoot[] = [];
const at = new Date('2026-03-01T02:00:00.000Z');
const uuid = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const add = (kind: LedgerKind, refId: string, payload: Record<string, unknown>): void =>
  void rows.push(ledgerRow(rows.at(-1) ?? null, { kind, refId, payload, at }));

/** Two days of rows; the first root signed with SM2, the second with Ed25519, both stamped where OpenSSL is there. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pincha-damage-'));
  const tsa = openssl ? await startTsa('ec') : null;
  for (const [i, kind] of (['sm2', 'ed25519'] as const).entries()) {
    for (let n = 0; n < 5; n += 1) add('capture', uuid(rows.length), { outcome: 'captcha', reason: `安全验证 ${n}` });
    const prev = roots.at(-1) ?? null;
    const fromSeq = (prev?.toSeq ?? 0) + 1;
    const covered = rows.slice(fromSeq - 1);
    const facts: RootStatement = {
      v: 1,
      no: i + 1,
      date: `2026-03-0${i + 1}`,
      fromSeq,
      toSeq: rows.length,
      head: covered.at(-1)!.hash,
      merkle: merkleOf(covered.map((r) => r.hash)),
      prevRoot: prev?.hash ?? null,
      at: at.toISOString(),
    };
    const statement = statementText(facts);
    const { no, date, toSeq } = facts;
    const seals: StoredSeal[] = [];
    const root = { id: uuid(900 + i), no, date, fromSeq, toSeq, statement, hash: rootHash(statement), at, seals };
    await createKeyFile(kind, join(dir, `${kind}.pem`));
    const signed = (await readSigner(join(dir, `${kind}.pem`))).sign(statement);
    seals.push({ kind: 'signature', algorithm: kind, value: signed.signature, publicKey: signed.publicKey, nonce: null, authority: null, at });
    if (tsa) {
      const nonce = `7${i}ab`;
      const value = tokenOfReply(tsa.reply(timestampRequest(root.hash, nonce)), tsa.url).toString('base64');
      const { genTime } = checkToken(Buffer.from(value, 'base64'), { imprint: root.hash, nonce });
      seals.push({ kind: 'timestamp', algorithm: 'rfc3161', value, publicKey: null, nonce, authority: tsa.url, at: genTime });
    }
    add('root', root.id, rootFacts(root));
    for (const seal of seals) add(seal.kind === 'signature' ? 'root_signature' : 'root_timestamp', root.id, sealFacts(no, seal));
    roots.push(root);
  }
  await tsa?.close();
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const verify = (over: { rows?: readonly LedgerRow[]; roots?: readonly StoredRoot[] } = {}) =>
  verifyEvidence({ ledgerRows: over.rows ?? rows, captures: [], dir, roots: over.roots ?? roots, whole: false });

/** A value with one byte of its text changed, or one step away when it is no text. */
function changed(value: unknown, place: number, bit: number): unknown {
  if (value instanceof Date) return new Date(value.getTime() + 1 + bit);
  if (typeof value === 'number') return value + 1 + bit;
  const bytes = Buffer.from(value as string, 'latin1');
  const text = value as string;
  const i = place % text.length;
  return bytes.length === 0 ? 'x' : text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ (1 << bit)) + text.slice(i + 1);
}

describe('one byte', () => {
  it('is missed by nobody while none is changed', async () => {
    expect(await verify()).toMatchObject({ ok: true, state: openssl ? 'signed+timestamped' : 'signed', roots: { count: 2 } });
    if (!openssl) console.warn('NOT RUN: changed bytes of time-stamp tokens (no openssl on the PATH)');
  });

  it('of a row is named by its number', async () => {
    const fields = ['seq', 'kind', 'refId', 'payload', 'prevHash', 'hash', 'at'] as const;
    await fc.assert(
      fc.asyncProperty(fc.nat(rows.length - 1), fc.constantFrom(...fields), fc.nat(), fc.integer({ min: 0, max: 6 }), async (n, field, place, bit) => {
        const row = rows[n]!;
        const torn = rows.map((r) => (r === row ? { ...row, [field]: changed(row[field], place, bit) } : r));
        const report = await verify({ rows: torn, roots: [] });
        const seq = field === 'seq' ? (torn[n]!.seq as number) : row.seq;
        expect(report.first?.place).toBe(`ledger ${seq}`);
      }),
      { numRuns: 200 },
    );
  });

  it('of a root, a signature or a token is named by the root', async () => {
    const ofRoot = ['id', 'no', 'date', 'fromSeq', 'toSeq', 'statement', 'hash', 'at'] as const;
    const ofSeal = ['algorithm', 'value', 'publicKey', 'nonce', 'authority', 'at'] as const;
    await fc.assert(
      fc.asyncProperty(fc.nat(1), fc.option(fc.nat(1)), fc.nat(), fc.nat(), fc.integer({ min: 0, max: 6 }), async (n, s, which, place, bit) => {
        const root = roots[n]!;
        const seal = s === null ? undefined : root.seals[s];
        const fields = seal ? ofSeal.filter((f) => seal[f] !== null) : ofRoot;
        const field = fields[which % fields.length]!;
        const over = seal
          ? { seals: root.seals.map((x) => (x === seal ? { ...x, [field]: changed(x[field as keyof StoredSeal], place, bit) } : x)) }
          : { [field]: changed(root[field as keyof StoredRoot], place, bit) };
        const torn = roots.map((r) => (r === root ? ({ ...root, ...over } as StoredRoot) : r));
        const { ok, first } = await verify({ roots: torn });
        expect(ok).toBe(false);
        const no = !seal && field === 'no' ? torn[n]!.no : root.no;
        expect(first!.place.startsWith(seal ? `root ${no} ${seal.kind}` : `root ${no}`)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('is not needed: a root, seal or end of the chain that is gone is named too', async () => {
    expect((await verify({ roots: roots.slice(0, 1) })).first!.reason).toContain('已不在库中');
    expect((await verify({ roots: roots.slice(1) })).first).toMatchObject({ place: 'root 2', reason: '日根编号中断：应为 1' });
    expect((await verify({ roots: [{ ...roots[0]!, seals: [] }, roots[1]!] })).first!.reason).toContain('root_signature');
    expect((await verify({ rows: rows.slice(0, roots[1]!.toSeq - 1) })).first!.reason).toContain('存证链只到第');
  });
});
