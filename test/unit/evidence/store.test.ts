/** Where evidence stands, one suite for the folder and for a bucket: bytes under their name, whole or not at all, and told when they changed. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../core/digest.ts';
import type { Vault } from '../../../core/ports.ts';
import { createDestroyer, isTombstone } from '../../../evidence/destroy.ts';
import { blobName } from '../../../evidence/place.ts';
import { createS3Vault } from '../../../evidence/s3-vault.ts';
import { createContentStore } from '../../../evidence/store.ts';
import { vaultAt } from '../../../evidence/vault.ts';
import { createSealer, readBytes } from '../../../evidence/warc.ts';
import { S3_KEY, S3Server } from '../../support/s3-server.ts';
import { exchangeOf } from './exchange.ts';

let dir = '';
const server = new S3Server();
const s3 = (over: Partial<Parameters<typeof createS3Vault>[0]> = {}): Vault => createS3Vault({ ...server.place(), timeoutMs: 400, ...over });
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pincha-store-'));
  await server.start();
});
afterEach(() => void Object.assign(server.options, { versions: false, locked: false, unconditional: false, page: 1_000, fault: undefined }));
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

interface Ground {
  open(): Vault;
  /** Changes stored bytes behind the vault's back. */
  tamper(name: string, change: (bytes: Buffer) => Buffer): void;
  /** Lets the writing of this name break off halfway. */
  breakOff(name: string): void;
  /** All that is there, half-written files too. */
  names(): string[];
}
const folderNames = (): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((e) => (e.isFile() ? [join(e.parentPath, e.name).slice(dir.length + 1)] : []));

const GROUNDS: [string, Ground][] = [
  [
    'a folder',
    {
      open: () => vaultAt(dir),
      tamper: (name, change) => writeFileSync(join(dir, name), change(readFileSync(join(dir, name)))),
      // A folder in the way: the finished file cannot take its name.
      breakOff: (name) => void mkdirSync(join(dir, name), { recursive: true }),
      names: folderNames,
    },
  ],
  [
    'a bucket',
    {
      open: s3,
      tamper: (name, change) => server.tamper(`pincha/live/${name}`, change),
      breakOff: (name) => {
        server.options.fault = (req) => {
          if (req.method !== 'PUT' || !req.url?.endsWith(name)) return false;
          req.once('data', () => req.socket.destroy());
          return true;
        };
      },
      names: () => [...server.objects.keys()].map((key) => key.slice('pincha/live/'.length)),
    },
  ],
];

describe.each(GROUNDS)('evidence in %s', (_, ground) => {
  const vault = (): Vault => ground.open();
  const listed = async (prefix: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name, size } of vault().list(prefix)) names.push(`${name} ${size}`);
    return names.sort();
  };

  it('files bytes under their digest, once, whoever puts them at the same time', async () => {
    const store = createContentStore(vault());
    const bytes = Buffer.from('页面留影');
    const digests = await Promise.all([store.put(bytes), store.put(bytes), createContentStore(vault()).put(Buffer.from(bytes))]);
    expect(new Set(digests)).toEqual(new Set([sha256(bytes)]));
    expect(await store.get(sha256(bytes))).toEqual(bytes);
    expect(ground.names()).toEqual([blobName(sha256(bytes))]);
    expect(await vault().put(blobName(sha256(bytes)), bytes)).toBe(false);
  });

  it('says null for bytes it never had and refuses names that lead elsewhere', async () => {
    const store = createContentStore(vault());
    expect([await store.get('0'.repeat(64)), await store.stream('0'.repeat(64)), await vault().size('blob/none')]).toEqual([null, null, null]);
    await expect(store.get('../../etc/passwd')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    for (const name of ['../x', 'blob/../../x', '/etc/passwd', 'blob//x', ''])
      await expect(vault().read(name)).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN' });
  });

  it('writes again what was cut short', async () => {
    const store = createContentStore(vault());
    const bytes = Buffer.from('被截断的文件');
    const digest = await store.put(bytes);
    ground.tamper(blobName(digest), (whole) => whole.subarray(0, 3));
    await store.put(bytes);
    expect(await store.get(digest)).toEqual(bytes);
  });

  it('names what changed in any one bit, read whole or piece by piece', async () => {
    const store = createContentStore(vault());
    const drain = async (digest: string): Promise<void> => {
      for await (const piece of (await store.stream(digest))!) expect(piece.length).toBeGreaterThan(0);
    };
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), fc.integer({ min: 0, max: 7 }), async (data, at, bit) => {
        const digest = await store.put(Buffer.from(data));
        const flip = (whole: Buffer): Buffer => {
          whole[at % whole.length]! ^= 1 << bit;
          return whole;
        };
        await drain(digest);
        ground.tamper(blobName(digest), flip);
        const named = { code: 'EVIDENCE_BROKEN', details: { place: `blob/${digest}` } };
        await expect(store.get(digest)).rejects.toMatchObject(named);
        await expect(drain(digest)).rejects.toMatchObject(named);
        ground.tamper(blobName(digest), flip);
      }),
      { numRuns: 25 },
    );
  });

  it('leaves nothing of a write that broke off', async () => {
    const bytes = Buffer.alloc(3_000_000, 7);
    const name = blobName(sha256(bytes));
    ground.breakOff(name);
    const before = ground.names();
    await expect(vault().put(name, bytes)).rejects.toThrow();
    expect(ground.names()).toEqual(before);
  });

  it('reads stretches, and lists what is there with its size', async () => {
    await vault().put('probe/a', Buffer.from('0123456789'));
    await vault().put('probe/b/c', Buffer.from('xyz'));
    server.options.page = 1;
    expect(await listed('probe/')).toEqual(['probe/a 10', 'probe/b/c 3']);
    const stretch = async (offset: number, length: number) => (await vault().read('probe/a', { offset, length }))?.toString();
    expect([await stretch(2, 3), await stretch(8, 5), await stretch(20, 5), await vault().size('probe/b/c')]).toEqual(['234', '89', '', 3]);
    await vault().remove('probe/a');
    await vault().remove('probe/a');
    expect(await listed('probe/')).toEqual(['probe/b/c 3']);
  });

  it('seals exchanges, reads them back, and destroys one without touching its neighbours', async () => {
    const at = vault();
    const sealer = createSealer({ dir: at, software: 'pincha/test' });
    const places = await Promise.all(['一', '二', '三'].map((n) => sealer.seal(exchangeOf(`<p>第${n}页 13800000000</p>`), 'http')));
    const [, second] = places;
    expect(new Set(places.map((p) => p.warcFile)).size).toBe(1);
    const destroyer = createDestroyer(at);
    const region = await destroyer.regionOf(second!);
    await destroyer.overwrite(region, 7, new Date());
    await destroyer.overwrite(region, 7, new Date());
    expect(isTombstone(await readBytes(at, region.warcFile, region.start, region.length, 'x'))).toBe(true);
    expect((await sealer.read(places[0]!)).body.toString()).toContain('第一页');
    expect((await sealer.read(places[2]!)).body.toString()).toContain('第三页');
    await expect(sealer.read(second!)).rejects.toMatchObject({ code: 'EVIDENCE_BROKEN' });
    const digest = await createContentStore(at).put(Buffer.from('将被销毁'));
    await destroyer.removeBlob(digest);
    await destroyer.removeBlob(digest);
    expect(await createContentStore(at).get(digest)).toBeNull();
    await sealer.close();
  });
});

describe('a bucket', () => {
  const bytes = Buffer.from('桶中之物');
  const name = blobName(sha256(bytes));

  it('with versions keeps none of what was destroyed; one that locks says so', async () => {
    server.options.versions = true;
    await s3().put(name, bytes);
    await s3().overwrite(name, 0, Buffer.from('XXX'));
    expect(server.versions.filter((v) => v.key.endsWith(name)).map((v) => v.body?.subarray(0, 3).toString())).toEqual(['XXX']);
    server.options.locked = true;
    await expect(s3().remove(name)).rejects.toMatchObject({ code: 'STORE_FAILED', details: { reason: 'HTTP 403 AccessDenied' } });
    server.options.locked = false;
    await s3().remove(name);
    expect(server.versions.filter((v) => v.key.endsWith(name))).toEqual([]);
  });

  it('that knows no conditional writes gets plain ones', async () => {
    server.options.unconditional = true;
    expect(await s3().put(name, bytes)).toBe(true);
    await s3().overwrite(name, 0, Buffer.from('YYY'));
    expect((await s3().read(name))?.subarray(0, 3).toString()).toBe('YYY');
    await s3().remove(name);
  });

  it('that fails for a while is asked again, one that stays away or hangs is told in bounded time', async () => {
    let left = 2;
    server.options.fault = (req, res) => {
      if (left <= 0) return false;
      left -= 1;
      if (left === 1) res.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
      else req.socket.destroy();
      return true;
    };
    expect(await s3().put(name, bytes)).toBe(true);
    server.options.fault = (_req, res) => Boolean(res.writeHead(500).end());
    await expect(s3().read(name)).rejects.toMatchObject({ code: 'STORE_FAILED', retry: true, details: { reason: 'HTTP 500（共试 3 次）' } });
    server.options.fault = () => true;
    await expect(s3({ attempts: 2, timeoutMs: 50 }).read(name)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    server.options.fault = (_req, res) => {
      res.writeHead(200, { 'content-length': 100 }).write('x');
      setTimeout(() => res.destroy(), 5);
      return true;
    };
    await expect(s3().read(name)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(createContentStore(s3()).get(sha256(bytes))).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  it('gets no wrong key past it, and no word of a failure tells a key', async () => {
    const faults: unknown[] = [];
    for (const over of [{ secret: 'another-secret' }, { keyId: 'AKOTHER' }, { bucket: 'elsewhere' }, { region: 'x' }, { endpoint: 'http://127.0.0.1:1' }]) {
      const vault = s3({ attempts: 1, ...over });
      faults.push(
        await vault.put(name, bytes).then(
          () => 'stored',
          (error: unknown) => error,
        ),
      );
    }
    const words = faults.map((fault) => `${(fault as Error).message} ${JSON.stringify(fault)} ${(fault as Error).stack}`).join('\n');
    expect(faults.map((fault) => (fault as { code?: string }).code)).toEqual(Array(5).fill('STORE_FAILED'));
    for (const secret of [S3_KEY.secret, 'another-secret', 'Signature=', 'AWS4-HMAC']) expect(words).not.toContain(secret);
  });

  it('is asked where its owner says: bucket in the path or in the name', async () => {
    const asked: string[] = [];
    server.options.fault = (req, res) => {
      asked.push(`${req.headers.host} ${req.url}`);
      return Boolean(res.writeHead(404).end());
    };
    await s3().size('probe/x');
    const { port } = new URL(server.endpoint);
    await s3({ pathStyle: false, endpoint: `http://localhost:${port}`, attempts: 1 })
      .size('probe/x')
      .catch(() => asked.push('evidence.localhost is not known here'));
    expect(asked[0]).toBe(`127.0.0.1:${port} /evidence/pincha/live/probe/x`);
    expect([`evidence.localhost:${port} /pincha/live/probe/x`, 'evidence.localhost is not known here']).toContain(asked[1]);
  });
});

it('a folder keeps no temporary file beside what it wrote, and replaces a file a dying disk cut', async () => {
  const digest = await createContentStore(dir).put(Buffer.from('另一件'));
  const path = join(dir, blobName(digest));
  await truncate(path, 2);
  await createContentStore(dir).put(Buffer.from('另一件'));
  expect(await readdir(join(path, '..'))).toEqual([digest]);
  expect(folderNames().filter((name) => name.includes('.tmp'))).toEqual([]);
});
