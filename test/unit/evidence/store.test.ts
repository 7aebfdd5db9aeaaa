/** The content store: bytes under their digest, written whole or not at all. */
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../core/digest.ts';
import { createContentStore } from '../../../evidence/store.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pincha-store-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const pathOf = (digest: string): string => join(dir, 'blob', digest.slice(0, 2), digest.slice(2, 4), digest);

describe('content store', () => {
  it('files bytes under their digest, once, and leaves no temporary file', async () => {
    const store = createContentStore(dir);
    const bytes = Buffer.from('页面留影');
    const digests = await Promise.all([store.put(bytes), store.put(bytes), store.put(Buffer.from(bytes))]);
    expect(new Set(digests)).toEqual(new Set([sha256(bytes)]));
    expect(await store.get(sha256(bytes))).toEqual(bytes);
    expect(await readdir(join(pathOf(sha256(bytes)), '..'))).toEqual([sha256(bytes)]);
  });

  it('says null for bytes it never had and refuses names that are no digest', async () => {
    const store = createContentStore(dir);
    expect(await store.get('0'.repeat(64))).toBeNull();
    await expect(store.get('../../etc/passwd')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('writes a file again that was cut short', async () => {
    const store = createContentStore(dir);
    const bytes = Buffer.from('被截断的文件');
    const digest = await store.put(bytes);
    await truncate(pathOf(digest), 3);
    await store.put(bytes);
    expect(await store.get(digest)).toEqual(bytes);
  });

  it('names the file when any one bit of it changed', async () => {
    const store = createContentStore(dir);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), fc.integer({ min: 0, max: 7 }), async (data, at, bit) => {
        const digest = await store.put(Buffer.from(data));
        const whole = await readFile(pathOf(digest));
        const torn = Buffer.from(whole);
        torn[at % torn.length]! ^= 1 << bit;
        await writeFile(pathOf(digest), torn);
        await expect(store.get(digest)).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN', details: { place: `blob/${digest}` } });
        await writeFile(pathOf(digest), whole);
      }),
      { numRuns: 40 },
    );
  });
});
