/** Lists into the store: read whatever their columns are called, kept as they came, entered in the ledger, once each. */
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importCompanies, importLicences } from '../../bin/imports.ts';
import { openStore, type Store } from '../../bin/store.ts';
import { loadConfig } from '../../core/config.ts';
import { sha256 } from '../../core/digest.ts';
import { ledgerRows, sealedCaptures } from '../../db/repositories/capture.ts';
import { currentRegister } from '../../db/repositories/company.ts';
import { currentList } from '../../db/repositories/licence.ts';
import { blobPath } from '../../evidence/place.ts';
import { verifyEvidence } from '../../evidence/verify.ts';
import { generateWorld } from '../../sandbox/generate.ts';
import { companyWorkbook, licenceWorkbook } from '../../sandbox/licence-list.ts';
import { loadTexts } from '../../sandbox/texts/load.ts';

let dir: string;
let store: Store;
const file = (name: string): string => path.join(dir, name);
const verified = () => verifyEvidence({ ledgerRows: ledgerRows(store.db), captures: sealedCaptures(store.db), dir: store.evidenceDir });

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

  it('names the stored file when a byte of it was changed', async () => {
    await appendFile(blobPath(store.evidenceDir, sha256(await readFile(file('list.xlsx')))), 'x');
    const report = await verified();
    expect(report.ok).toBe(false);
    expect(report.first?.place).toContain('(import)');
  });
});
