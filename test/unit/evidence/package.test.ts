/** Evidence packages: the same facts give the same bytes, other people's readers read them, and no byte can change unnamed. */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getSurt, WARCParser } from 'warcio';
import { BUILT_VERIFIER, buildVerifier } from '../../../bin/build-verifier.ts';
import { sha256 } from '../../../core/digest.ts';
import { buildPackage, type ProvenRoot } from '../../../evidence/package.ts';
import { surtOf } from '../../../evidence/package-index.ts';
import { publicPem, signerFrom } from '../../../evidence/root-key.ts';
import type { StoredSeal } from '../../../evidence/seal.ts';
import { checkToken, timestampRequest, tokenOfReply } from '../../../evidence/timestamp.ts';
import { tellReport } from '../../../evidence/verifier/tell.ts';
import { verifyPackage } from '../../../evidence/verifier/verify-package.ts';
import type { Part } from '../../../evidence/verifier/zip.ts';
import { type Changes, inputOf, makePackage, openedPackage, PAGES, rewritten, rootsOver, SIGNER } from '../../support/evidence-package.ts';
import { openssl, startTsa } from '../../support/tsa.ts';

type Made = Awaited<ReturnType<typeof makePackage>>;
let made: Made;
let bytes: Buffer;
let parts: Part[];
beforeAll(async () => {
  ({ made, bytes, parts } = await openedPackage());
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

const rewrite = (changes: Changes): Promise<string> => rewritten(made.store.dir, bytes, parts, changes);

describe('a package', () => {
  it('holds, and says what was checked and whose key signed', async () => {
    expect(await verifyPackage(made.file)).toEqual({
      ok: true,
      state: 'signed',
      origin: 'not proven',
      notProven: [
        expect.objectContaining({ zh: expect.stringContaining('公钥是谁的未经核对') }),
        expect.objectContaining({ en: expect.stringContaining('time not proven') }),
      ],
      sha256: made.sha256,
      roots: rootsOver(made.store.rows).map(({ statement }, i) => ({ no: i + 1, date: '2026-11-23', sha256: sha256(statement) })),
      keys: [SIGNER.fingerprint],
      times: [],
      first: null,
      checked: { parts: parts.length, captures: 3, revisits: 2, rows: 7, proven: 7, custody: 2 },
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
  it('begins with the page that shows what the case is about; where that is no page, with the first', async () => {
    const [, picture, second] = PAGES;
    expect((await makePackage()).first?.id).toBe(PAGES[0]!.id);
    expect((await makePackage(PAGES, { shows: ['unknown', second!.id, PAGES[0]!.id] })).first).toMatchObject({ id: second!.id, url: second!.url });
    expect((await makePackage(PAGES, { shows: [picture!.id] })).first?.id).toBe(PAGES[0]!.id);
    expect((await makePackage([picture!], { shows: [picture!.id] })).first).toBeNull();
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

describe('pages seen again unchanged', () => {
  it('stand as revisit records that another WARC reader takes, on the dates they were seen', async () => {
    const warc = parts.find((p) => p.path === 'archive/revisits.warc.gz')!;
    const seen: unknown[] = [];
    for await (const record of new WARCParser([bytes.subarray(warc.start, warc.start + warc.bytes)])) {
      if (record.warcType === 'revisit')
        seen.push([record.warcDate, record.warcRefersToDate, record.warcRefersToTargetURI, record.warcPayloadDigest, record.httpHeaders?.statusCode]);
    }
    const of = made.store.captures[0]!;
    const days = made.store.revisits.map((r) => r.fetchedAt.toISOString());
    expect(seen).toEqual(days.map((day) => [day, of.fetchedAt.toISOString(), new URL(of.finalUrl).href, `sha256:${of.sha256}`, 304]));
  });
  it.each([
    ['another day', (s: string) => s.replace('2026-11-24', '2026-11-30'), { part: 'archive/revisits.warc.gz' }],
    ['another page', (s: string) => s.replace(PAGES[0]!.id, PAGES[2]!.id), { part: 'archive/revisits.warc.gz' }],
    ['one left out', (s: string) => s.split('\n').slice(1).join('\n'), { part: 'archive/revisits.warc.gz' }],
  ])('hold only as the ledger has them: %s', async (_, change, fault) => {
    expect((await verifyPackage(await rewrite({ 'pincha/revisits.jsonl': text(change) }))).first).toMatchObject(fault);
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

describe('who vouches for it', () => {
  const rowsOf = () => made.store.rows;
  /** The same store's package with other roots. */
  const withRoots = async (roots: ProvenRoot[]): Promise<string> => {
    const file = path.join(made.store.dir, `roots-${Math.random()}.wacz`);
    await buildPackage(file, inputOf(made.store, { prove: async () => roots }), made.store.sources);
    return file;
  };
  it('is said as it is: no root, a root nobody signed, a row left out', async () => {
    for (const roots of [[], rootsOver(rowsOf(), { signer: null }), rootsOver(rowsOf()).slice(1)])
      expect(await verifyPackage(await withRoots(roots))).toMatchObject({ ok: true, state: 'unsigned' });
  });
  it('is not proven by anything inside: one forged from front to back is told apart by a digest or a key alone', async () => {
    const forged = await makePackage([{ id: PAGES[0]!.id, url: PAGES[0]!.url, body: '<p>从头伪造</p>' }], { prove: async () => [] });
    const report = await verifyPackage(forged.file);
    expect(report).toMatchObject({ ok: true, state: 'unsigned', origin: 'not proven', sha256: forged.sha256, roots: [] });
    const words = tellReport(report);
    expect(words).toContain(forged.sha256);
    expect(words).toMatch(/未证明 NOT PROVEN：来源未经证明[^\n]*\n {2}origin not proven: no signature[^\n]*Compare this digest/);
    expect((await verifyPackage(forged.file, { sha256: made.sha256 })).ok).toBe(false);
    expect((await verifyPackage(forged.file, { rootKey: publicPem(SIGNER.publicKey) })).ok).toBe(false);
    const told = async (options: Parameters<typeof verifyPackage>[1]) => {
      const { origin, notProven } = await verifyPackage(made.file, options);
      return [origin, ...notProven.map(({ zh }) => zh.slice(0, 6))];
    };
    expect(await told({ rootKey: publicPem(SIGNER.publicKey) })).toEqual(['key', '经手记录、笔', '时间未经证明']);
    expect(await told({ sha256: made.sha256 })).toEqual(['digest', '时间未经证明']);
    expect(await told({ sha256: made.sha256, rootKey: publicPem(SIGNER.publicKey) })).toEqual(['digest+key', '时间未经证明']);
    await rm(forged.store.dir, { recursive: true });
  });
  it('is the key the reader brings, or named as another', async () => {
    const stranger = signerFrom(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'x');
    expect(await verifyPackage(made.file, { rootKey: publicPem(SIGNER.publicKey) })).toMatchObject({ ok: true, state: 'signed' });
    expect((await verifyPackage(made.file, { rootKey: publicPem(stranger.publicKey) })).first).toMatchObject({ part: 'pincha/roots.jsonl', record: 'root 1' });
    expect((await verifyPackage(made.file, { rootKey: 'nonsense' })).first).toMatchObject({ part: '--root-key' });
    const unsigned = await withRoots([]);
    expect((await verifyPackage(unsigned, { rootKey: publicPem(SIGNER.publicKey) })).first).toMatchObject({ part: 'pincha/roots.jsonl' });
  });
  it('holds no root, signature or proof that was changed, whatever the lists say', async () => {
    const change = async (part: string, from: RegExp, to: string) => (await verifyPackage(await rewrite({ [part]: text((s) => s.replace(from, to)) }))).first;
    expect(await change('pincha/roots.jsonl', /2026-11-23\\",\\"fromSeq/, '2026-11-24\\",\\"fromSeq')).toMatchObject({
      record: 'root 1',
      en: 'the signature of this root does not hold',
    });
    expect(await change('pincha/roots.jsonl', /"value":"..../, '"value":"AAAA')).toMatchObject({
      record: 'root 1',
      en: 'the signature of this root does not hold',
    });
    expect(await change('pincha/proofs.jsonl', /"path":\["..../, '"path":["0000')).toMatchObject({
      part: 'pincha/proofs.jsonl',
      record: 'proof of ledger row 1',
    });
    expect(await change('pincha/proofs.jsonl', /"seq":2/, '"seq":1')).toMatchObject({ part: 'pincha/proofs.jsonl' });
  });
  it(
    openssl ? 'has the imprint and the signature of its time-stamp checked' : 'NOT RUN: no openssl on the PATH, time-stamps of packages are not proven here',
    async () => {
      if (!openssl) return console.warn('NOT RUN: time-stamps of packages (no openssl on the PATH)');
      const tsa = await startTsa();
      try {
        const stamp = (imprint: string): Omit<StoredSeal, 'kind'> => {
          const token = tokenOfReply(tsa.reply(timestampRequest(imprint, '2a')), tsa.url);
          const { genTime } = checkToken(token, { imprint, nonce: '2a' });
          return { algorithm: 'rfc3161', value: token.toString('base64'), publicKey: null, nonce: '2a', authority: tsa.url, at: genTime };
        };
        const roots = rootsOver(rowsOf(), { stamp });
        const file = await withRoots(roots);
        expect(await verifyPackage(file, { tsaCa: [tsa.ca] })).toMatchObject({ ok: true, state: 'signed+timestamped' });
        const swapped = roots.map((root, i) => ({ ...root, seals: [root.seals[0]!, roots[1 - i]!.seals[1]!] }));
        expect((await verifyPackage(await withRoots(swapped))).first).toMatchObject({ record: 'root 1', zh: '时间戳：所盖的不是这份内容的摘要' });
      } finally {
        await tsa.close();
      }
    },
  );
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
  it.each<[string, string, (s: string) => string, string]>([
    ['a body of 2 GB', 'pincha/captures.jsonl', (s) => s.replace(/"size":\d+/, '"size":2147483648'), 'the body is larger than 268435456 bytes'],
    [
      'a nest without end',
      'pincha/custody.jsonl',
      (s) => `{"a":${'['.repeat(90_000)}${']'.repeat(90_000)}}\n${s}`,
      'this JSON is not written in the prescribed form',
    ],
  ])('%s is named, not run into', async (_, part, change, en) => {
    expect((await verifyPackage(await rewrite({ [part]: text(change) }))).first).toMatchObject({ part, en });
  });
  it('an address that is none does not end the check', () => {
    expect([surtOf('http://['), surtOf('http://www./')]).toEqual(['http://[', 'http://www./']);
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
