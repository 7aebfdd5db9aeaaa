import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../core/digest.ts';
import { indexOf, pageLines, pagesOf } from '../../../evidence/package-index.ts';
import { publicPem } from '../../../evidence/root-key.ts';
import { verifyPackage } from '../../../evidence/verifier/verify-package.ts';
import type { Part } from '../../../evidence/verifier/zip.ts';
import { type Changes, type makePackage, openedPackage, PAGES, rewritten, SIGNER } from '../../support/evidence-package.ts';

let made: Awaited<ReturnType<typeof makePackage>>;
let bytes: Buffer;
let parts: Part[];
beforeAll(async () => {
  ({ made, bytes, parts } = await openedPackage());
});
afterAll(() => rm(made.store.dir, { recursive: true }));

const rewrite = (changes: Changes, others?: Parameters<typeof rewritten>[4]): Promise<string> => rewritten(made.store.dir, bytes, parts, changes, others);
const contentOf = (name: string): Buffer => {
  const part = parts.find((p) => p.path === name)!;
  return bytes.subarray(part.start, part.start + part.bytes);
};
const text = (change: (content: string) => string) => (content: Buffer) => Buffer.from(change(content.toString()));

describe('nothing can be put beside what was sealed, taken out, doubled, moved or written otherwise, though lists, checksums and signature fit', () => {
  const sound = async (file: string) => verifyPackage(file, { rootKey: publicPem(SIGNER.publicKey) });
  const captures = () =>
    contentOf('pincha/captures.jsonl')
      .toString()
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l));
  const lines = (list: unknown[]): Buffer => Buffer.from(list.map((value) => `${canonicalJson(value)}\n`).join(''));
  /** The archive with other records, and list, index and pages made anew to fit. */
  const archive = (list: ReturnType<typeof captures>, warc: Buffer): Promise<string> =>
    rewrite({
      'archive/data.warc.gz': () => warc,
      'pincha/captures.jsonl': () => lines(list),
      'indexes/index.cdx': () => Buffer.from(indexOf(list)),
      'pages/pages.jsonl': () => Buffer.from(pageLines(pagesOf(list))),
    });
  const cut = (range: { offset: number; length: number }): Buffer => {
    const warc = contentOf('archive/data.warc.gz');
    return Buffer.concat([warc.subarray(0, range.offset), warc.subarray(range.offset + range.length)]);
  };
  const moved = (list: ReturnType<typeof captures>, range: { offset: number; length: number }) => {
    for (const record of list.flatMap((c) => [c.info, c.request, c.response])) if (record && record.offset > range.offset) record.offset -= range.length;
    return list;
  };
  it('while nothing is', async () => {
    expect((await sound(await rewrite({}))).first).toBeNull();
    expect((await sound(await archive(captures(), contentOf('archive/data.warc.gz')))).first).toBeNull();
  });
  it.each(['archive/more.warc.gz', 'indexes/more.cdx', 'pages/extraPages.jsonl', 'pincha/custody2.jsonl', 'setup.exe'])('a part %s', async (name) => {
    const file = await rewrite({}, (list) => list.toSpliced(5, 0, { path: name, content: Buffer.from('x\n') }));
    expect((await sound(file)).first).toMatchObject({ part: name, zh: '包内不应有该部件' });
  });
  it('a file that hides behind the name of a sealed one', async () => {
    const sha = captures()[0].files[0].sha256;
    const name = `pincha/files/${sha}.html`;
    expect((await sound(await rewrite({}, (list) => list.toSpliced(5, 0, { path: name, content: Buffer.from('<p>') })))).first).toMatchObject({ part: name });
    const renamed = await rewrite({ 'pincha/captures.jsonl': text((s) => s.replace(`${sha}.png`, `${sha}.html`)) }, (list) =>
      list.map((p) => (p.path.endsWith(`${sha}.png`) ? { ...p, path: name } : p)),
    );
    expect((await sound(renamed)).first).toMatchObject({ part: 'pincha/captures.jsonl', zh: '所列文件与存证链记录不符' });
  });
  it('a part, or its place', async () => {
    expect((await sound(await rewrite({}, (list) => list.filter((p) => p.path !== 'README.txt')))).first).toMatchObject({
      part: 'README.txt',
      zh: '缺少该部件',
    });
    const swapped = await rewrite({}, (list) => {
      const [a, b] = [list.findIndex((p) => p.path === 'README.txt'), list.findIndex((p) => p.path === 'verify.mjs')];
      return list.with(a, list[b]!).with(b, list[a]!);
    });
    expect((await sound(swapped)).first).toMatchObject({ part: 'README.txt', zh: '部件次序不符' });
  });
  it('the request of an answer, or the record that opens the file', async () => {
    const ofLast = captures().at(-1).request;
    const unasked = moved(captures(), ofLast);
    unasked.at(-1).request = null;
    expect((await sound(await archive(unasked, cut(ofLast)))).first).toMatchObject({ zh: '缺少与它一同封存的请求记录' });
    const ofFirst = captures()[0].info;
    const headless = moved(captures(), ofFirst);
    headless[0].info = null;
    expect((await sound(await archive(headless, cut(ofFirst)))).first).toMatchObject({ zh: '缺少与它一同封存的 warcinfo 记录' });
  });
  it('a capture', async () => {
    const [list, warc] = [captures(), contentOf('archive/data.warc.gz')];
    const { request, response } = list.at(-1);
    const again = { ...list.at(-1), request: { ...request, offset: warc.length }, response: { ...response, offset: warc.length + request.length } };
    const doubled = await archive([...list, again], Buffer.concat([warc, warc.subarray(request.offset)]));
    expect((await sound(doubled)).first).toMatchObject({ part: 'pincha/captures.jsonl', record: 'line 4', zh: '存证件重复或次序不符' });
  });
  const captured = 'pincha/captures.jsonl';
  it.each<[string, string, (s: string) => string]>([
    ['a member twice', captured, (s) => s.replace('"kind":"post"', '"kind":"post","kind":"post"')],
    ['a member more', captured, (s) => s.replace('"via":"http"}', '"via":"http","zz":1}')],
    ['a member more in a place', captured, (s) => s.replace('"response":{', '"response":{"a":1,')],
    ['another form of a number', captured, (s) => s.replace('"status":200', '"status":2e2')],
    ['another form of a time', captured, (s) => s.replace('02:00:00.000Z', '02:00:00Z')],
    ['an escaped sign', captured, (s) => s.replace('"via"', '"v\\u0069a"')],
    ['a blank', 'pincha/ledger.jsonl', (s) => s.replace('"at":', '"at": ')],
    ['a member more', 'pincha/ledger.jsonl', (s) => s.replace('"seq":1}', '"seq":1,"zz":0}')],
    ['a text for a number', 'pincha/proofs.jsonl', (s) => s.replace('"seq":1}', '"seq":"1"}')],
    ['a step that is none', 'pincha/proofs.jsonl', (s) => s.replace('"path":[', '"path":[0,')],
    ['a proof in another place', 'pincha/proofs.jsonl', (s) => `${s.split('\n')[1]}\n${s.split('\n')[0]}\n${s.split('\n').slice(2).join('\n')}`],
    ['a member more', 'pincha/roots.jsonl', (s) => s.replace('"kind":"signature"', '"kind":"signature","n":1')],
    ['a signature twice', 'pincha/roots.jsonl', (s) => s.replace(/"seals":\[(\{.*?\})\]/, '"seals":[$1,$1]')],
    ['a member more', 'pincha/revisits.jsonl', (s) => s.replace('"status":304', '"state":1,"status":304')],
    ['a blank', 'pincha/custody.jsonl', (s) => s.replace('{', '{ ')],
    ['a reading twice', 'pincha/readings.jsonl', (s) => s + s],
    ['a reading of nothing', 'pincha/readings.jsonl', (s) => s.replace(PAGES[1]!.id, PAGES[0]!.id)],
    ['a blank', 'pincha/case.json', (s) => s.replace(': ', ':  ')],
    ['a member twice', 'pincha/case.json', (s) => s.replace('{', '{\n "number": "HR-2026-0009",')],
    ['a page to begin with that is not there', 'datapackage.json', (s) => s.replace('post/1', 'post/9')],
    ['a member more', 'datapackage.json', (s) => s.replace('"profile"', '"home": "x",\n "profile"')],
  ])('%s in %s', async (what, part, change) => {
    const forged = await rewrite({ [part]: text(change) });
    expect(contentOf(part).toString(), what).not.toBe(change(contentOf(part).toString()));
    expect(await sound(forged)).toMatchObject({ ok: false, first: { part } });
  });
  it('bytes that are no text', async () => {
    const twin = await rewrite({ 'pincha/case.json': (content) => Buffer.concat([content.subarray(0, -4), Buffer.from([0xff]), content.subarray(-4)]) });
    expect((await sound(twin)).first).toMatchObject({ part: 'pincha/case.json', zh: '不是规范的 UTF-8 文本' });
  });
});
