/** Evidence packages: the same facts give the same bytes, other people's readers read them, and no byte can change unnamed. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getSurt, WARCParser } from 'warcio';
import { BUILT_VERIFIER, buildVerifier } from '../../../bin/build-verifier.ts';
import { sha256 } from '../../../core/digest.ts';
import { buildPackage } from '../../../evidence/package.ts';
import { surtOf } from '../../../evidence/package-index.ts';
import { verifyPackage } from '../../../evidence/verifier/verify-package.ts';
import { PackageFile, type Part, readParts } from '../../../evidence/verifier/zip.ts';
import { ZipWriter } from '../../../evidence/zip-writer.ts';
import { inputOf, makePackage, PAGES } from '../../support/evidence-package.ts';

type Made = Awaited<ReturnType<typeof makePackage>>;
let made: Made;
let bytes: Buffer;
let parts: Part[];
beforeAll(async () => {
  made = await makePackage();
  bytes = readFileSync(made.file);
  const handle = await open(made.file, 'r');
  parts = await readParts(new PackageFile(handle, bytes.length));
  await handle.close();
});
afterAll(() => rm(made.store.dir, { recursive: true }));

const scratch = (): string => path.join(made.store.dir, 'changed.wacz');
async function verdictOf(changed: Buffer) {
  writeFileSync(scratch(), changed);
  return verifyPackage(scratch());
}
/** The part whose content holds this byte; `zip` for a byte of the file's own structure. */
const holderOf = (offset: number): string => parts.find((p) => offset >= p.start && offset < p.start + p.bytes)?.path ?? 'zip';

async function nameOf(offset: number, mask: number) {
  const changed = Buffer.from(bytes);
  changed[offset] = (changed[offset] ?? 0) ^ mask;
  const report = await verdictOf(changed);
  return { ok: report.ok, part: report.first?.part, words: Boolean(report.first?.zh && report.first.en) };
}

/** A package rewritten by somebody who knows the format: a part replaced, all lists and checksums made to fit. */
async function rewrite(changes: Record<string, (content: Buffer) => Buffer>): Promise<string> {
  const file = path.join(made.store.dir, `rewritten-${Math.random()}.wacz`);
  const zip = await ZipWriter.create(file);
  for (const part of parts) {
    let content = bytes.subarray(part.start, part.start + part.bytes);
    content = changes[part.path]?.(content) ?? content;
    const listed = (p: (typeof zip.parts)[number]) => ({ path: p.path, bytes: p.bytes, sha256: p.sha256, sm3: p.sm3 });
    if (part.path === 'pincha/manifest.json') content = Buffer.from(JSON.stringify({ ...JSON.parse(content.toString()), parts: zip.parts.map(listed) }));
    if (part.path === 'datapackage.json') {
      const resources = zip.parts.map((p) => ({ path: p.path, bytes: p.bytes, hash: `sha256:${p.sha256}`, sm3: `sm3:${p.sm3}` }));
      content = Buffer.from(JSON.stringify({ ...JSON.parse(content.toString()), resources }));
    }
    if (part.path === 'datapackage-digest.json') {
      const told = zip.parts.at(-1)!;
      content = Buffer.from(`${JSON.stringify({ hash: `sha256:${told.sha256}`, path: told.path, sm3: `sm3:${told.sm3}` })}\n`);
    }
    await zip.addBytes(part.path, content);
  }
  await zip.finish();
  return file;
}

describe('a package', () => {
  it('holds, and says what was checked and that nothing is signed', async () => {
    expect(await verifyPackage(made.file)).toEqual({
      ok: true,
      state: 'unsigned',
      first: null,
      checked: { parts: parts.length, captures: 3, rows: 5, custody: 2 },
      sm3: true,
    });
    expect(parts.map((p) => p.path)).toEqual(expect.arrayContaining(['archive/data.warc.gz', 'indexes/index.cdx', 'pages/pages.jsonl', 'verify.mjs']));
    expect(made.sha256).toBe(sha256(bytes));
  });
  it('is the same byte for byte when built again from the same facts', async () => {
    const again = path.join(made.store.dir, 'again.wacz');
    expect((await buildPackage(again, inputOf(made.store), made.store.sources)).sha256).toBe(made.sha256);
  });
  it('writes the keys of its index as other tools do', () => {
    const urls = [
      'http://www.Jobs.example.TEST:8080/A/b?Z=1&a=2',
      'https://www2.x.test',
      'http://x.test/?',
      'http://x.test/招?q={工}',
      'http://127.0.0.1:90/p#f',
    ];
    for (const url of urls.map((u) => new URL(u).href)) expect(surtOf(url)).toBe(getSurt(url));
  });
  it('opens with another WARC reader, which finds each page where the index says', async () => {
    const warc = parts.find((p) => p.path === 'archive/data.warc.gz')!;
    const index = parts.find((p) => p.path === 'indexes/index.cdx')!;
    const lines = bytes
      .subarray(index.start, index.start + index.bytes)
      .toString()
      .trim()
      .split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      const told = JSON.parse(/ (\{"url".*\})$/.exec(line)![1]!);
      const from = warc.start + Number(told.offset);
      const record = await new WARCParser([bytes.subarray(from, from + Number(told.length))]).parse();
      expect(record?.warcTargetURI).toBe(told.url);
      const page = PAGES.find((p) => new URL(p.url).href === told.url)!;
      expect(Buffer.from(await record!.readFully(true))).toEqual(Buffer.from(page.body));
    }
  });
});

describe('changing one byte', () => {
  it('is named by part, wherever in the file it stands', async () => {
    const anywhere = fc.integer({ min: 0, max: bytes.length - 1 });
    const inPart = fc.constantFrom(...parts).chain((p) => fc.integer({ min: p.start, max: p.start + p.bytes - 1 }));
    const check = async (offset: number, mask: number): Promise<void> => {
      expect(await nameOf(offset, mask), `byte ${offset} ^ ${mask}`).toEqual({ ok: false, part: holderOf(offset), words: true });
    };
    await fc.assert(fc.asyncProperty(fc.oneof(anywhere, inPart), fc.integer({ min: 1, max: 255 }), check), { numRuns: 300 });
  });
  it('is named in every byte of the structure around a part, of its directory entry and of the end', async () => {
    const first = parts[0]!;
    const directory = bytes.indexOf(Buffer.from('504b0102', 'hex'));
    const ranges = [
      [0, first.start],
      [directory, directory + 46 + first.path.length],
      [bytes.length - 22, bytes.length],
    ] as const;
    for (const [from, to] of ranges) for (let at = from; at < to; at += 1) expect(await nameOf(at, 1), `byte ${at}`).toMatchObject({ ok: false, part: 'zip' });
  });
  it('in the archive is told by record', async () => {
    const warc = parts.find((p) => p.path === 'archive/data.warc.gz')!;
    const changed = Buffer.from(bytes);
    changed[warc.start + warc.bytes - 12]! ^= 4;
    const { first } = await verdictOf(changed);
    expect(first).toMatchObject({ part: 'archive/data.warc.gz', record: `response of capture ${PAGES[2]!.id}` });
    expect(first!.offset).toBeGreaterThan(warc.start);
  });
});

const text = (change: (content: string) => string) => (content: Buffer) => Buffer.from(change(content.toString()));

describe('what was put together anew', () => {
  it.each([
    [
      'a status',
      'pincha/captures.jsonl',
      (s: string) => s.replace('"status":200', '"status":404'),
      { part: 'pincha/captures.jsonl', zh: 'status 与存证链记录不符' },
    ],
    ['how a file was made', 'pincha/captures.jsonl', (s: string) => s.replace('"from":"sealed"', '"from":"live"'), { zh: '所列文件与存证链记录不符' }],
    ['a row of the ledger', 'pincha/ledger.jsonl', (s: string) => s.replace('post/2', 'post/3'), { part: 'pincha/ledger.jsonl', record: 'ledger row 5' }],
    ['a row of the ledger taken out', 'pincha/ledger.jsonl', (s: string) => s.split('\n').slice(1).join('\n'), { zh: '存证链中没有该存证件的记录' }],
    ['who decided', 'pincha/custody.jsonl', (s: string) => s.replace('周远', '周近'), { part: 'pincha/custody.jsonl', record: 'audit row 1' }],
    ['an index', 'indexes/index.cdx', (s: string) => s.replace('post/2', 'post/3'), { part: 'indexes/index.cdx' }],
    ['a page', 'pages/pages.jsonl', (s: string) => s.replace('post/2', 'post/3'), { part: 'pages/pages.jsonl', record: 'line 3' }],
  ])('does not hold whatever its lists say: %s', async (_, part, change, fault) => {
    expect((await verifyPackage(await rewrite({ [part]: text(change) }))).first).toMatchObject(fault);
  });
  it('does not hold against the digest the office gave', async () => {
    const record = await rewrite({ 'pincha/record.html': () => Buffer.from('<p>别的</p>') });
    expect((await verifyPackage(record)).ok).toBe(true);
    expect(await verifyPackage(record, { sha256: made.sha256 })).toMatchObject({ ok: false, first: { zh: '整包 SHA-256 与给出的不符' } });
    expect((await verifyPackage(made.file, { sha256: made.sha256 })).ok).toBe(true);
  });
});

describe('hostile files', () => {
  it.each([
    ['nothing', () => Buffer.alloc(0)],
    ['zeros', () => Buffer.alloc(5_000)],
    ['a comment behind', () => Buffer.concat([bytes, Buffer.from('x')])],
    ['bytes before', () => Buffer.concat([Buffer.from('x'), bytes])],
    ['a cut end', () => bytes.subarray(0, -1)],
    ['a cut middle', () => Buffer.concat([bytes.subarray(0, 900), bytes.subarray(901)])],
    ['only an end that promises all', () => Buffer.from('504b050600000000ffffffffffffffffffffffff0000', 'hex')],
  ])('%s are refused', async (_, content) => {
    expect(await verdictOf(content())).toMatchObject({ ok: false, first: { part: 'zip' } });
  });
  it('a part that would swell is refused before anything is inflated', async () => {
    const changed = Buffer.from(bytes);
    changed.writeUInt16LE(8, 8);
    changed.writeUInt16LE(8, bytes.indexOf(Buffer.from('504b0102', 'hex')) + 10);
    expect(await verdictOf(changed)).toMatchObject({ ok: false, first: { part: 'zip' } });
  });
  it('a record that swells is stopped at what it may hold', async () => {
    const bomb = gzipSync(Buffer.alloc(24 * 1_048_576));
    const last = JSON.parse(contentOf('pincha/captures.jsonl').toString().trim().split('\n').at(-1)!).response.length as number;
    const swollen = await rewrite({
      'archive/data.warc.gz': (content) => Buffer.concat([content, bomb]),
      'pincha/captures.jsonl': text((s) => s.replace(`"length":${last},`, `"length":${last + bomb.length},`)),
    });
    expect((await verifyPackage(swollen)).first).toMatchObject({ part: 'archive/data.warc.gz', zh: '记录的压缩数据已损坏，或展开后大于登记的长度' });
  });
});
const contentOf = (name: string): Buffer => {
  const part = parts.find((p) => p.path === name)!;
  return bytes.subarray(part.start, part.start + part.bytes);
};

describe('the verifier in one file', () => {
  it('is what its sources build to', async () => {
    expect(readFileSync(BUILT_VERIFIER, 'utf8')).toBe(await buildVerifier());
  });
  it('needs nothing but Node, from inside the package, and ends in the code it promises', async () => {
    const alone = path.join(made.store.dir, 'alone.mjs');
    writeFileSync(alone, contentOf('verify.mjs'));
    const run = (...args: string[]) => spawnSync(process.execPath, [alone, ...args], { cwd: made.store.dir, encoding: 'utf8' });
    const good = run(made.file, '--sha256', made.sha256);
    expect([good.status, good.stdout]).toEqual([0, expect.stringContaining('全部完好 everything holds')]);
    const changed = Buffer.from(bytes);
    changed[parts.find((p) => p.path === 'pincha/record.html')!.start]! ^= 1;
    writeFileSync(scratch(), changed);
    const bad = run(scratch());
    expect([bad.status, bad.stdout]).toEqual([1, expect.stringMatching(/首个问题 first fault：pincha\/record\.html @\d+/)]);
    expect([run().status, run('nowhere.wacz').status]).toEqual([2, 2]);
  });
});
