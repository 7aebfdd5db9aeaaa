/** Lists into the store: read whatever their columns are called, kept as they came, entered in the ledger, once each. */
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importCompanies, importLicences } from '../../bin/imports.ts';
import { openStore, type Store } from '../../bin/store.ts';
import { loadConfig } from '../../core/config.ts';
import { sha256 } from '../../core/digest.ts';
import { unread } from '../../core/model/picture.ts';
import { inTransaction } from '../../db/connect.ts';
import { verifyAudit } from '../../db/repositories/audit.ts';
import { capturesToVerify, ledgerRows } from '../../db/repositories/capture.ts';
import { currentRegister } from '../../db/repositories/company.ts';
import { postsOfAccount, saveAccount, savePost } from '../../db/repositories/content.ts';
import { currentList, rememberedMapping, reviewList } from '../../db/repositories/licence.ts';
import { saveReading } from '../../db/repositories/picture.ts';
import { blobName } from '../../evidence/place.ts';
import { verifyEvidence } from '../../evidence/verify.ts';
import { generateWorld } from '../../sandbox/generate.ts';
import { companyWorkbook, licenceWorkbook } from '../../sandbox/licence-list.ts';
import { loadTexts } from '../../sandbox/texts/load.ts';

let dir: string;
let store: Store;
const file = (name: string): string => path.join(dir, name);
const verified = () => verifyEvidence({ ledgerRows: ledgerRows(store.db), captures: capturesToVerify(store.db), dir: store.vault });

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'pincha-imports-'));
  await chmod(dir, 0o755);
  const world = generateWorld({ seed: 7, texts: loadTexts() });
  await writeFile(file('list.xlsx'), await licenceWorkbook(world));
  await writeFile(file('register.xlsx'), await companyWorkbook(world));
  store = await openStore(loadConfig({ PINCHA_DATA: path.join(dir, 'data'), PINCHA_DEMO: '0', LOG_LEVEL: 'silent' }));
});
afterAll(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

describe('importing lists', () => {
  it('takes a licence list and a register once, and enters both files in the ledger', async () => {
    const list = await importLicences(store, file('list.xlsx'), { by: 'test' });
    expect(list.rows).toBeGreaterThan(40);
    expect(list.rejected).toEqual([]);
    const register = await importCompanies(store, file('register.xlsx'), { by: 'test', complete: true });
    expect(register.rows).toBeGreaterThan(10);
    expect((await importLicences(store, file('list.xlsx'), { by: 'test' })).already).toBe(true);
    expect((await importCompanies(store, file('register.xlsx'), { by: 'test' })).already).toBe(true);
    expect((await currentList(store.db))?.publishedOn).toBe('2026-11-20');
    expect((await currentRegister(store.db))?.complete).toBe(true);
    const report = await verified();
    expect(report).toMatchObject({ ok: true, ledger: { rows: 2 }, blobs: { checked: 2, sound: 2 } });
  });

  it('leaves nothing behind of a list it cannot read, and names what is missing', async () => {
    await writeFile(file('odd.csv'), '颜色,大小\n红,1\n');
    await expect(importLicences(store, file('odd.csv'), { by: 'test' })).rejects.toMatchObject({ code: 'COLUMNS_UNKNOWN' });
    expect((await verified()).ledger.rows).toBe(2);
  });

  it('keeps what PostgreSQL cannot hold as it stands: NUL and halves of pairs, in posts, accounts and codes of pictures; a list with NUL is none', async () => {
    const now = new Date();
    const odd = 'C:\\u0000\0限\ud800男\udc00性';
    const kept = 'C:\\u0000限\ufffd男\ufffd性';
    await inTransaction(store.db, async (tx) => {
      const accountId = await saveAccount(tx, { platform: 'odd', input: { id: odd, name: odd, [odd]: [odd] }, url: null, now });
      const given = { accountId, platform: 'odd', externalId: 'x', captureId: null, publishedAt: null, now };
      await savePost(tx, { ...given, input: { title: odd, text: odd, contacts: [odd], [odd]: { [odd]: odd } }, contentSha256: 'x' });
      expect((await postsOfAccount(tx, accountId))[0]?.input).toEqual({ title: kept, text: kept, contacts: [kept], [kept]: { [kept]: kept } });
      const reading = unread('test', 'ok', odd, { codes: [{ payload: odd, kind: 'text', box: [0, 0, 1, 0, 1, 1, 0, 1] }] });
      await saveReading(tx, 'f'.repeat(64), reading, now);
    });
    await writeFile(file('nul.csv'), `机构名称,证书编号,有效期至\n云汀\0市零字节人力资源有限公司,许-1,2029-01-01\n`);
    await expect(importLicences(store, file('nul.csv'), { by: 'test' })).rejects.toMatchObject({ code: 'FILE_UNREADABLE', details: { file: file('nul.csv') } });
  });

  const csv = (names: readonly string[], column = '机构全称'): string =>
    `${column},证书编号,有效期至\n${names.map((n) => `${n},许-${n},2029-01-01`).join('\n')}\n`;
  const firms = Array.from({ length: 30 }, (_, i) => `云汀市第${i}人力资源有限公司`);
  const from = { by: 'test', authority: '云汀市人社局' };

  it('shows what a list changes, remembers its columns, and holds back one that takes much away until a person decides', async () => {
    await writeFile(file('a.csv'), csv(firms));
    const first = await importLicences(store, file('a.csv'), { ...from, mapping: { name: '机构全称' } });
    expect(first).toMatchObject({ mappingBy: 'given', diff: null, review: null });
    await writeFile(file('b.csv'), csv([...firms.slice(2), '云汀市新来人力资源有限公司']).replace('2029-01-01', '2030-05-05'));
    const second = await importLicences(store, file('b.csv'), from);
    expect(second).toMatchObject({ mappingBy: 'remembered', review: null, diff: { againstId: first.listId, added: 1, removed: 2 } });
    expect(second.diff?.samples.removed).toEqual(firms.slice(0, 2));
    expect(second.diff?.samples.changed[0]?.what).toContain('有效期：2029-01-01 → 2030-05-05');
    expect((await currentList(store.db))?.id).toBe(second.listId);

    await writeFile(file('c.csv'), csv(firms.slice(0, 12)));
    const third = await importLicences(store, file('c.csv'), from);
    expect(third).toMatchObject({ review: 'waiting', diff: { removed: 19 } });
    expect((await currentList(store.db))?.id).toBe(second.listId);
    const person = { id: 'u1', name: '张', kind: 'user', roles: [] } as const;
    const decide = (accept: boolean) => inTransaction(store.db, (tx) => reviewList(tx, third.listId ?? '', accept, person, new Date()));
    expect(await decide(true)).toBe(true);
    expect(await decide(false)).toBe(false);
    expect((await currentList(store.db))?.id).toBe(third.listId);
    expect((await verifyAudit(store.db)).brokenAt).toBeNull();
  });

  it('keeps a refused list out, and does not learn its columns', async () => {
    await writeFile(file('d.csv'), csv(firms.slice(5, 6), '持证单位'));
    const small = await importLicences(store, file('d.csv'), from);
    expect(small.review).toBe('waiting');
    const before = (await currentList(store.db))?.id;
    expect(
      await inTransaction(store.db, (tx) => reviewList(tx, small.listId ?? '', false, { id: 'u1', name: '张', kind: 'user', roles: [] }, new Date())),
    ).toBe(true);
    expect((await currentList(store.db))?.id).toBe(before);
    expect(await rememberedMapping(store.db, '云汀市人社局', null)).toMatchObject({ name: '机构全称' });
  });

  it('names the stored file when a byte of it was changed', async () => {
    await appendFile(path.join(store.vault.title, blobName(sha256(await readFile(file('list.xlsx'))))), 'x');
    const report = await verified();
    expect(report.ok).toBe(false);
    expect(report.first?.place).toContain('(import)');
  });
});
