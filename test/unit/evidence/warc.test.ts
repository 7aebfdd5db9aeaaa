/** The sealer: what was sealed is read back byte by byte, by us and as plain WARC. */
import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WARCParser } from 'warcio';
import { sha256, sm3 } from '../../../core/digest.ts';
import { createSealer } from '../../../evidence/warc.ts';
import { exchangeOf } from './exchange.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pincha-warc-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('sealer', () => {
  it('writes files that warcio reads: warcinfo, then request and response that name each other', async () => {
    const sealer = createSealer({ dir, software: 'pincha/test' });
    const place = await sealer.seal(exchangeOf('<p>招聘信息</p>'), 'http');
    await sealer.seal(exchangeOf('第二页', { status: 404, statusText: 'Not Found', finalUrl: 'http://jobs.example.test/gone' }), 'http');
    await sealer.close();

    const records: { type: string; uri: string; id: string; concurrent: string; status: number | null; text: string; digest: string }[] = [];
    const bytes = await readFile(join(dir, place.warcFile));
    const offsets: number[] = [];
    const parser = new WARCParser([new Uint8Array(bytes)]);
    for await (const record of parser) {
      offsets.push(parser.offset);
      const payload = Buffer.from(await record.readFully(true)).toString('utf8');
      records.push({
        type: record.warcType ?? '',
        uri: record.warcTargetURI ?? '',
        id: record.warcHeader('WARC-Record-ID') ?? '',
        concurrent: record.warcHeader('WARC-Concurrent-To') ?? '',
        status: record.warcType === 'response' ? Number(record.httpHeaders?.statusCode) : null,
        text: payload,
        digest: record.warcPayloadDigest ?? '',
      });
    }
    expect(records.map((r) => r.type)).toEqual(['warcinfo', 'request', 'response', 'request', 'response']);
    expect(records[0]!.text).toContain('software: pincha/test');
    expect(records[2]).toMatchObject({ status: 200, text: '<p>招聘信息</p>', digest: `sha256:${sha256('<p>招聘信息</p>')}` });
    expect(records[4]).toMatchObject({ status: 404, text: '第二页', uri: 'http://jobs.example.test/gone' });
    expect(records[1]!.concurrent).toBe(records[2]!.id);
    expect(records[2]!.concurrent).toBe(records[1]!.id);
    expect(offsets[2]).toBe(place.warcOffset);
    expect(offsets[3]).toBe(place.warcOffset + place.warcLength);
  });

  it('reads back any body, header and status from its place', async () => {
    const sealer = createSealer({ dir });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), fc.integer({ min: 100, max: 599 }), fc.string({ maxLength: 60 }), async (data, status, odd) => {
        const body = Buffer.from(data);
        const place = await sealer.seal(
          exchangeOf(body, {
            status,
            responseHeaders: [
              ['X-Odd', odd],
              ['Content-Type', 'Text/HTML; x'],
            ],
          }),
          'http',
        );
        expect(place).toMatchObject({ sha256: sha256(body), sm3: sm3(body), size: body.length, mediaType: 'text/html' });
        const back = await sealer.read(place);
        expect(back.status).toBe(status);
        expect(back.body.equals(body)).toBe(true);
        expect(back.headers.at(-1)).toEqual(['Content-Type', 'Text/HTML; x']);
        expect(back.headers.every(([name]) => name === 'X-Odd' || name === 'Content-Type')).toBe(true);
      }),
      { numRuns: 60 },
    );
    await sealer.close();
  });

  it('keeps many seals at once apart, in one file, and gives original header names back', async () => {
    const sealer = createSealer({ dir });
    const places = await Promise.all(Array.from({ length: 200 }, (_, i) => sealer.seal(exchangeOf(`页面 ${i}`), 'http')));
    expect(new Set(places.map((p) => p.warcFile)).size).toBe(1);
    for (const [i, place] of places.entries()) {
      const back = await sealer.read(place);
      expect(back.body.toString('utf8')).toBe(`页面 ${i}`);
      expect(back.headers).toEqual([
        ['Content-Type', 'text/html; charset=utf-8'],
        ['Content-Encoding', 'gzip'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ]);
    }
    await sealer.close();
    await expect(sealer.seal(exchangeOf('晚到'), 'http')).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('begins a new file when one is full, and every sealer has files of its own', async () => {
    const [a, b] = [createSealer({ dir, maxBytes: 2_000 }), createSealer({ dir, maxBytes: 2_000 })];
    const names = new Set<string>();
    for (let i = 0; i < 6; i++) names.add((await a.seal(exchangeOf(`甲 ${i}`), 'http')).warcFile);
    const other = (await b.seal(exchangeOf('乙'), 'http')).warcFile;
    expect(names.size).toBeGreaterThan(1);
    expect(names.has(other)).toBe(false);
    await Promise.all([a.close(), b.close()]);
  });

  it('opens no file before the first exchange', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'pincha-warc-empty-'));
    await createSealer({ dir: empty }).close();
    expect(await readdir(empty)).toEqual([]);
    await rm(empty, { recursive: true });
  });

  it('marks rendered and imported pages, and claims no request for an import', async () => {
    const sealer = createSealer({ dir, maxBytes: 1 });
    const rendered = await sealer.seal(exchangeOf('渲染后的页面', { via: 'browser' }), 'browser');
    const imported = await sealer.seal(exchangeOf('移交的文件'), 'import');
    await sealer.close();
    const read = async (file: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const record of new WARCParser([new Uint8Array(await readFile(join(dir, file)))])) {
        found.push(`${record.warcType} ${record.warcHeader('Pincha-Via') ?? ''}`.trim());
        await record.readFully(false);
      }
      return found;
    };
    expect(await read(rendered.warcFile)).toEqual(['warcinfo', 'request', 'response browser']);
    expect(await read(imported.warcFile)).toEqual(['warcinfo', 'response import']);
  });

  it('refuses places outside the evidence folder and beyond a file', async () => {
    const sealer = createSealer({ dir });
    const place = await sealer.seal(exchangeOf('页面'), 'http');
    for (const warcFile of ['../secret', '/etc/passwd', 'warc/../../x.warc.gz', 'warc/none.warc.gz'])
      await expect(sealer.read({ ...place, warcFile })).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN' });
    await expect(sealer.read({ ...place, warcOffset: 10_000_000 })).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN' });
    await expect(sealer.read({ ...place, warcLength: 9e15 })).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN' });
    await expect(sealer.read({ ...place, sha256: sha256('别的') })).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN' });
    await sealer.close();
  });

  it('reads past a torn record that a killed process left behind', async () => {
    const sealer = createSealer({ dir });
    const place = await sealer.seal(exchangeOf('完整的页面'), 'http');
    await appendFile(join(dir, place.warcFile), (await readFile(join(dir, place.warcFile))).subarray(0, 40));
    expect((await createSealer({ dir }).read(place)).body.toString('utf8')).toBe('完整的页面');
    await sealer.close();
  });
});
