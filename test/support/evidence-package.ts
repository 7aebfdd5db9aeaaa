/** A small sealed store and the evidence package built from it: two pages, a picture, a shot, a text, custody rows. */

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canonicalJson, sha256, sm3 } from '../../core/digest.ts';
import type { Exchange } from '../../core/model/capture.ts';
import { blobFacts, captureFacts, type LedgerEntry, type LedgerRow, ledgerRow } from '../../evidence/ledger.ts';
import { buildPackage, type PackagedCapture, type PackagedRevisit, type PackageInput, type PackageSources, type ProvenRoot } from '../../evidence/package.ts';
import { merkleOf, pathsOf, rootHash, statementText } from '../../evidence/root.ts';
import { type RootSigner, signerFrom } from '../../evidence/root-key.ts';
import type { StoredSeal } from '../../evidence/seal.ts';
import { createContentStore } from '../../evidence/store.ts';
import { PackageFile, type Part, readParts } from '../../evidence/verifier/zip.ts';
import { createSealer, readBytes } from '../../evidence/warc.ts';
import { ZipWriter } from '../../evidence/zip-writer.ts';

export const AT = new Date('2026-11-23T02:00:00.000Z');
const VERIFIER = new URL('../../evidence/verify.mjs', import.meta.url);

export interface Page {
  readonly id: string;
  readonly kind?: PackagedCapture['kind'];
  readonly url: string;
  readonly title?: string;
  readonly type?: string;
  readonly body: string | Buffer;
  readonly shot?: boolean;
}

export const PAGES: readonly Page[] = [
  {
    id: '01900000-0000-7000-8000-000000000001',
    url: 'http://jobs.example.test/post/1?q={工厂}',
    title: '普工长期招聘',
    body: '<meta charset="utf-8"><h1>普工</h1><p>入职交服装费三百元</p><img src="/p.png">',
    shot: true,
  },
  {
    id: '01900000-0000-7000-8000-000000000002',
    url: 'http://jobs.example.test/p.png',
    kind: 'image',
    type: 'image/png',
    body: Buffer.from('89504e470d0a1a0a00', 'hex'),
  },
  { id: '01900000-0000-7000-8000-000000000003', url: 'http://jobs.example.test/post/2', body: '<meta charset="utf-8"><p>另一条</p>' },
];

const exchangeOf = (page: Page): Exchange => ({
  url: page.url,
  finalUrl: page.url,
  method: 'GET',
  requestHeaders: { 'user-agent': 'Pincha (test)' },
  status: 200,
  statusText: 'OK',
  httpVersion: '1.1',
  responseHeaders: [['Content-Type', page.type ?? 'text/html; charset=utf-8']],
  body: Buffer.from(page.body),
  remoteAddress: '127.0.0.1',
  fetchedAt: AT,
  elapsedMs: 12,
  via: 'http',
});

const REVISITS = ['01900000-0000-7000-8000-0000000000a1', '01900000-0000-7000-8000-0000000000a2'];

export interface SealedStore {
  readonly dir: string;
  readonly captures: PackagedCapture[];
  /** The first page, seen again unchanged on two days. */
  readonly revisits: PackagedRevisit[];
  readonly rows: LedgerRow[];
  readonly sources: PackageSources;
}

/** Seals the pages into a new folder, with ledger rows as the crawl writes them. */
export async function sealPages(pages: readonly Page[] = PAGES): Promise<SealedStore> {
  const dir = mkdtempSync(path.join(tmpdir(), 'pincha-package-'));
  const [sealer, content] = [createSealer({ dir, software: 'pincha/test' }), createContentStore(dir)];
  const rows: LedgerRow[] = [];
  const enter = (entry: LedgerEntry): LedgerRow => {
    const row = ledgerRow(rows.at(-1) ?? null, entry);
    rows.push(row);
    return row;
  };
  const captures: PackagedCapture[] = [];
  for (const page of pages) {
    const exchange = exchangeOf(page);
    const place = await sealer.seal(exchange, 'http');
    const { url, finalUrl, status, via, fetchedAt } = exchange;
    const seen = { url, finalUrl, status, via, fetchedAt, kind: page.kind ?? 'post' };
    const own = [enter({ kind: 'capture', refId: page.id, payload: captureFacts(place, seen), at: AT })];
    const made = page.shot
      ? ([
          ['shot', `shot of ${page.id}`],
          ['dom_text', '普工 入职交服装费三百元'],
        ] as const)
      : [];
    for (const [kind, words] of made) {
      const bytes = Buffer.from(words);
      own.push(
        enter({ kind, refId: page.id, payload: blobFacts({ sha256: await content.put(bytes), sm3: sm3(bytes), size: bytes.length, from: 'sealed' }), at: AT }),
      );
    }
    captures.push({ ...place, id: page.id, ...seen, kind: page.kind ?? 'post', outcome: 'ok', title: page.title ?? null, rows: own });
  }
  const [first] = captures;
  const revisits: PackagedRevisit[] = [];
  for (const id of first ? REVISITS : []) {
    if (!first) break;
    const fetchedAt = new Date(AT.getTime() + 86_400_000 * (revisits.length + 1));
    const exchange: Exchange = { ...exchangeOf(pages[0]!), status: 304, statusText: 'Not Modified', body: Buffer.alloc(0), fetchedAt };
    const of = { captureId: first.id, url: first.finalUrl, fetchedAt: first.fetchedAt, sha256: first.sha256 };
    const place = await sealer.revisit(exchange, of);
    const { url, finalUrl, status, via } = exchange;
    const seen = { url, finalUrl, status, via, fetchedAt, kind: 'post', outcome: 'unchanged', revisit: { place, of } };
    revisits.push({
      ...place,
      id,
      of: first.id,
      url,
      status,
      fetchedAt,
      rows: [enter({ kind: 'capture', refId: id, payload: captureFacts(null, seen), at: fetchedAt })],
    });
  }
  await sealer.close();
  const raw = (file: string, offset: number, length: number) => readBytes(dir, file, offset, length, file);
  return { dir, captures, revisits, rows, sources: { raw, content } };
}

const KEY = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const SIGNER = signerFrom(KEY, 'test');

/** Two roots over the rows of a store, signed, and stamped by `stamp` when there is one. */
export function rootsOver(
  rows: readonly LedgerRow[],
  options: { signer?: RootSigner | null; stamp?: (imprint: string) => Omit<StoredSeal, 'kind'> } = {},
): ProvenRoot[] {
  const { signer = SIGNER, stamp } = options;
  const middle = Math.ceil(rows.length / 2);
  let prevRoot: string | null = null;
  const halves = [rows.slice(0, middle), rows.slice(middle)].filter((half) => half.length > 0);
  return halves.map((covered, i) => {
    const hashes = covered.map((row) => row.hash);
    const [fromSeq, toSeq] = [covered[0]!.seq, covered.at(-1)!.seq];
    const facts = {
      v: 1 as const,
      no: i + 1,
      date: '2026-11-23',
      fromSeq,
      toSeq,
      head: hashes.at(-1)!,
      merkle: merkleOf(hashes),
      prevRoot,
      at: AT.toISOString(),
    };
    const statement = statementText(facts);
    prevRoot = rootHash(statement);
    const signed = signer?.sign(statement);
    const seals: StoredSeal[] = [];
    if (signed)
      seals.push({
        kind: 'signature',
        algorithm: signed.algorithm,
        value: signed.signature,
        publicKey: signed.publicKey,
        nonce: null,
        authority: null,
        at: AT,
      });
    if (stamp) seals.push({ kind: 'timestamp', ...stamp(rootHash(statement)) });
    return {
      statement,
      seals,
      paths: pathsOf(
        covered.map((row) => row.seq),
        facts,
        hashes,
      )!,
    };
  });
}

/** Two rows of an audit log, chained. */
export function custodyRows(): Record<string, unknown>[] {
  let prevHash = '0'.repeat(64);
  return ['case.confirm', 'capture.shot'].map((action, i) => {
    const row = { seq: i + 1, actorId: 'a', actorName: '周远', action, subjectType: 'case', subjectId: 'c', data: {}, ip: null, at: AT.toISOString() };
    const hash = sha256(`${prevHash}\n${canonicalJson(row)}`);
    const whole = { ...row, prevHash, hash };
    prevHash = hash;
    return whole;
  });
}

export const inputOf = (store: SealedStore, over: Partial<PackageInput> = {}): PackageInput => ({
  title: 'HR-2026-0001',
  description: '测试',
  createdAt: AT,
  software: 'pincha/test',
  captures: store.captures,
  revisits: store.revisits,
  facts: { number: 'HR-2026-0001' },
  custody: custodyRows(),
  readings: store.captures.filter((c) => c.kind === 'image').map(({ id, sha256 }) => ({ captureId: id, sha256, engine: 'test@1', lines: [] })),
  prove: async () => rootsOver(store.rows),
  record: (captures) => `<!doctype html><p>${captures.length}</p>`,
  verifier: readFileSync(VERIFIER),
  readme: 'node verify.mjs\n',
  ...over,
});

/** Seals, builds, and says where the package stands. */
export async function makePackage(pages: readonly Page[] = PAGES, over: Partial<PackageInput> = {}) {
  const store = await sealPages(pages);
  const file = path.join(store.dir, 'case.wacz');
  return { ...(await buildPackage(file, inputOf(store, over), store.sources)), file, store };
}

/** A package as somebody who knows the format reads it: its bytes, and where each part stands in them. */
export async function openedPackage() {
  const made = await makePackage();
  const bytes = readFileSync(made.file);
  const handle = await open(made.file, 'r');
  const parts = await readParts(new PackageFile(handle, bytes.length));
  await handle.close();
  return { made, bytes, parts };
}

type Content = { readonly path: string; readonly content: Buffer };
export type Changes = Record<string, (content: Buffer) => Buffer>;

/** A package rewritten by somebody who knows the format: parts replaced, added or moved, all lists and checksums made to fit. */
export async function rewritten(
  dir: string,
  bytes: Buffer,
  parts: readonly Part[],
  changes: Changes,
  others: (list: Content[]) => Content[] = (list) => list,
): Promise<string> {
  const file = path.join(dir, `rewritten-${Math.random()}.wacz`);
  const zip = await ZipWriter.create(file);
  for (const part of others(parts.map((p) => ({ path: p.path, content: bytes.subarray(p.start, p.start + p.bytes) })))) {
    let content = changes[part.path]?.(part.content) ?? part.content;
    const listed = (p: (typeof zip.parts)[number]) => ({ path: p.path, bytes: p.bytes, sha256: p.sha256, sm3: p.sm3 });
    if (part.path === 'pincha/manifest.json')
      content = Buffer.from(`${JSON.stringify({ ...JSON.parse(content.toString()), parts: zip.parts.map(listed) }, null, 1)}\n`);
    if (part.path === 'datapackage.json') {
      const resources = zip.parts.map((p) => ({
        name: p.path.slice(p.path.lastIndexOf('/') + 1),
        path: p.path,
        hash: `sha256:${p.sha256}`,
        sm3: `sm3:${p.sm3}`,
        bytes: p.bytes,
      }));
      content = Buffer.from(`${JSON.stringify({ ...JSON.parse(content.toString()), resources }, null, 1)}\n`);
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
