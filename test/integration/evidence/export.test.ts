/** Exporting a case from the store: the package holds, says who did what, and every export is on record with its digest. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ReplayHost, startReplay } from '../../../api/replay/server.ts';
import { type ExportDeps, exportCase } from '../../../bin/export-case.ts';
import { createPackageDesk } from '../../../bin/package-desk.ts';
import { systemClock } from '../../../core/clock.ts';
import { loadConfig } from '../../../core/config.ts';
import { sha256 } from '../../../core/digest.ts';
import { packageReceipt } from '../../../core/model/api-package.ts';
import { recordAudit } from '../../../db/repositories/audit.ts';
import { capturesToVerify, ledgerRows } from '../../../db/repositories/capture.ts';
import { auditEntry, caseFile, ledger } from '../../../db/schema/index.ts';
import { createKeyFile, fingerprintOf, publicPem } from '../../../evidence/root-key.ts';
import { createS3Vault } from '../../../evidence/s3-vault.ts';
import { createContentStore } from '../../../evidence/store.ts';
import { vaultAt } from '../../../evidence/vault.ts';
import { verifyPackage } from '../../../evidence/verifier/verify-package.ts';
import { verifyEvidence } from '../../../evidence/verify.ts';
import { S3Server } from '../../support/s3-server.ts';
import { sealAccount } from '../../support/sealed-case.ts';
import { addCase, makeWorld, SYSTEM, type World } from '../api/world.ts';

let world: World;
let deps: ExportDeps;
let replay: ReplayHost;
let number: string;
let caseId: string;
/** The evidence folder, once the case is sealed. */
const dirOf = (): string => String(deps.vault);
const out = (name: string): string => path.join(dirOf(), name);

beforeAll(async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'pincha-desk-'));
  replay = await startReplay({ clock: systemClock, host: '127.0.0.1', port: 0, publicUrl: null });
  world = await makeWorld({}, 'review-ui/dist', (db, clock) => {
    const config = { ...loadConfig({}), dataDir };
    // Filled in when the case is sealed: the desk asks only later.
    deps = { db, config, clock, vault: '', content: createContentStore(dataDir) };
    return {
      packages: createPackageDesk(
        {
          ...deps,
          get vault() {
            return deps.vault;
          },
        },
        replay,
      ),
    };
  });
  const made = await addCase(world.db, world.clock.now(), { name: '快捷<招工>', posts: 3 });
  caseId = made.caseId;
  const sealed = await sealAccount(world, made.accountId, (url) => `<meta charset="utf-8"><p>入职交服装费300元</p><i>${url}</i>`);
  deps = { ...deps, ...sealed };
  number = (await world.db.select().from(caseFile).where(eq(caseFile.id, caseId)))[0]!.number;
  await recordAudit(
    world.db,
    { action: 'case.unmask', subjectType: 'case', subjectId: caseId, data: {} },
    { ...SYSTEM, name: '周远' },
    world.clock.now(),
    '10.0.0.7',
  );
});
afterAll(async () => {
  await world.close();
  await replay.close();
});

it('makes a package that holds, with every capture of the findings, and puts its digest on record', async () => {
  const receipt = await exportCase(deps, number, out('a.wacz'), SYSTEM);
  const bytes = readFileSync(receipt.file);
  expect(receipt).toMatchObject({ caseId, caseNumber: number, captures: 3, bytes: bytes.length, sha256: sha256(bytes) });
  expect(await verifyPackage(receipt.file, { sha256: receipt.sha256 })).toMatchObject({ ok: true, checked: { captures: 3, rows: 3, custody: 2 } });
  const [entered] = await world.db.select().from(ledger).where(eq(ledger.seq, receipt.ledgerSeq));
  expect(entered).toMatchObject({ kind: 'export', refId: caseId });
  expect(JSON.parse(entered!.payload).data).toMatchObject({ sha256: receipt.sha256, sm3: receipt.sm3, number });
  const [logged] = await world.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(1);
  expect(logged).toMatchObject({ action: 'evidence.export', subjectId: caseId, data: { sha256: receipt.sha256, captures: 3 } });
  const text = bytes.toString('utf8');
  expect(text).toContain('周远');
  expect(text).toContain('电子数据提取笔录');
  expect(text).toContain('快捷&lt;招工&gt;');
  expect(text).toContain('依据：待法制确认');
  expect(text.split('来源未经证明：本包没有机关签名').length, 'record and verifier both say what is not proven').toBeGreaterThan(2);
  expect(text).not.toContain('《就业促进法》');
});

it('closes the rows that wait, so that what leaves the house stands under a signed root', async () => {
  const keyFile = path.join(deps.config.dataDir, 'root.pem');
  const publicKey = await createKeyFile('sm2', keyFile);
  const makers = { db: world.db, clock: world.clock, log: { warn: () => undefined, info: () => undefined }, keyFile, timestamps: null };
  const receipt = await exportCase({ ...deps, makers }, number, out('signed.wacz'), SYSTEM);
  expect(receipt.state).toBe('signed');
  const report = await verifyPackage(receipt.file, { rootKey: publicPem(publicKey) });
  expect(report).toMatchObject({ ok: true, state: 'signed', checked: { rows: 3, proven: 3 }, keys: [fingerprintOf(publicKey)] });
  expect(readFileSync(receipt.file, 'utf8')).toContain(`签名公钥指纹 SHA-256 ${fingerprintOf(publicKey)}`);
});

it('tells of earlier exports in the custody log of the next', async () => {
  const receipt = await exportCase(deps, caseId, out('b.wacz'), SYSTEM);
  expect(await verifyPackage(receipt.file)).toMatchObject({ ok: true, checked: { custody: 4 } });
});

it('hands out nothing when what was sealed does not hold, and leaves no half file', async () => {
  const folder = path.join(dirOf(), 'warc');
  const file = path.join(folder, (await readdir(folder))[0]!);
  const good = readFileSync(file);
  const bad = Buffer.from(good);
  bad[bad.length - 20]! ^= 1;
  writeFileSync(file, bad);
  const before = await world.db.$count(ledger);
  await expect(exportCase(deps, number, out('c.wacz'), SYSTEM)).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN' });
  writeFileSync(file, good);
  expect([existsSync(out('c.wacz')), await world.db.$count(ledger)]).toEqual([false, before]);
  expect((await readdir(dirOf())).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('names a case that is not there', async () => {
  await expect(exportCase(deps, 'HR-1999-0001', out('d.wacz'), SYSTEM)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('exports, fetches and replays on the desk for those who may read evidence, and logs each', async () => {
  const [ann, ops] = [await world.client('ann'), await world.client('ops')];
  const made = await ann.post(`/cases/${caseId}/package`);
  expect(made.statusCode).toBe(200);
  const receipt = packageReceipt.parse(made.json());
  const fetched = await ann.get(`/cases/${caseId}/package/${receipt.sha256}`);
  expect(sha256(fetched.rawPayload)).toBe(receipt.sha256);
  expect(fetched.headers).toMatchObject({ 'content-disposition': `attachment; filename="${number}.wacz"`, 'cache-control': 'private, no-store' });
  const shown = await ann.post(`/cases/${caseId}/replay`);
  expect(shown.json().page).toMatchObject({ url: expect.stringMatching(/^http/), at: expect.any(String) });
  expect(shown.json().url).toMatch(/^http:\/\/view-[0-9a-f]{32}\.localhost:\d+\/$/);
  const ask = (host: string) =>
    new Promise<[number | undefined, unknown, string]>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: replay.port, headers: { host } }, async (res) => {
        let body = '';
        for await (const piece of res.setEncoding('utf8')) body += piece;
        resolve([res.statusCode, res.headers['clear-site-data'], body]);
      });
      sent.on('error', reject).end();
    });
  const { host } = new URL(shown.json().url);
  expect(await ask(host), 'ends by itself').toEqual([200, undefined, expect.stringMatching(/<meta http-equiv="refresh" content="3[56]\d\d">/)]);
  expect(await ask(host.replace(/[0-9a-f]{32}/, '0'.repeat(32)))).toEqual([421, '"cache", "storage"', expect.any(String)]);
  expect((await ask(`localhost:${replay.port}`)).slice(0, 2)).toEqual([421, undefined]);
  const actions = (await world.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(3)).map((row) => [row.action, row.actorName]);
  expect(actions).toEqual([
    ['evidence.replay', 'ann同志'],
    ['evidence.download', 'ann同志'],
    ['evidence.export', 'ann同志'],
  ]);
  // A package shows everything unmasked: whoever may read evidence only masked gets none.
  const sue = await world.client('sue');
  const doors = [sue.post(`/cases/${caseId}/package`), sue.post(`/cases/${caseId}/replay`), sue.get(`/cases/${caseId}/package/${receipt.sha256}`)];
  expect((await Promise.all(doors)).map((r) => r.statusCode)).toEqual([403, 403, 403]);
  // What was made to be looked at is not handed out: no ledger row says that it left.
  const [watched] = (await readdir(path.join(deps.config.dataDir, 'exports'))).filter((name) => !name.includes(receipt.sha256));
  expect(watched).toMatch(/\.replay\.wacz$/);
  expect((await ann.get(`/cases/${caseId}/package/${watched!.split('.')[1]}`)).statusCode).toBe(404);
  expect((await ops.post(`/cases/${caseId}/package`)).statusCode).toBe(403);
  expect((await ops.get(`/cases/${caseId}/package/${receipt.sha256}`)).statusCode).toBe(403);
  expect((await ann.get(`/cases/${receipt.sha256.slice(0, 8)}-0000-7000-8000-000000000000/package/${receipt.sha256}`)).statusCode).toBe(404);
});

it('does the same from a bucket the folder was copied to, and names the object that changed there', async () => {
  const bucket = await new S3Server().start();
  const vault = createS3Vault(bucket.place());
  try {
    const folder = vaultAt(dirOf());
    for await (const { name } of folder.list('warc')) await vault.put(name, (await folder.read(name))!);
    deps = { ...deps, vault, content: createContentStore(vault) };
    const receipt = await exportCase(deps, number, path.join(deps.config.dataDir, 'bucket.wacz'), SYSTEM);
    expect(await verifyPackage(receipt.file, { sha256: receipt.sha256 })).toMatchObject({ ok: true, checked: { captures: 3 } });
    const verify = () => verifyEvidence({ ledgerRows: ledgerRows(world.db), captures: capturesToVerify(world.db), dir: vault, whole: false });
    const sound = await verify();
    expect([sound.ok, sound.captures.sound]).toEqual([true, 3]);
    const ann = await world.client('ann');
    expect((await ann.post(`/cases/${caseId}/replay`)).statusCode).toBe(200);
    const [key] = bucket.objects.keys();
    bucket.tamper(key!, (body) => {
      body[body.length - 20]! ^= 1;
      return body;
    });
    expect((await verify()).first?.place).toContain(key!.slice('pincha/live/'.length));
    await expect(exportCase(deps, number, path.join(deps.config.dataDir, 'broken.wacz'), SYSTEM)).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN' });
  } finally {
    await vault.close();
    await bucket.close();
  }
});
