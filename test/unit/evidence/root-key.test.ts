import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createKeyFile, fingerprintOf, KEY_KINDS, publicPem, readSigner, signatureFault, signerFrom } from '../../../evidence/root-key.ts';
import { sm2Point, sm2Verify } from '../../../evidence/sm2.ts';

const dir = mkdtempSync(join(tmpdir(), 'pincha-key-'));
afterAll(() => rmSync(dir, { recursive: true }));

const openssl = spawnSync('openssl', ['version'], { encoding: 'utf8' }).status === 0;
const run = (...args: string[]): string => {
  const done = spawnSync('openssl', args, { encoding: 'utf8', cwd: dir });
  return `${done.stdout}${done.stderr}`;
};

describe.each(KEY_KINDS)('a %s key', (kind) => {
  it('is written once, for its owner only, and signs what its public key confirms', async () => {
    const file = join(dir, 'keys', `${kind}.pem`);
    const publicKey = await createKeyFile(kind, file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect(createKeyFile(kind, file)).rejects.toThrow('文件已存在');
    const signer = await readSigner(file);
    expect(signer).toMatchObject({ kind, fingerprint: fingerprintOf(publicKey) });
    const told = signer.sign('根');
    expect(told).toMatchObject({ algorithm: kind, publicKey });
    expect(signatureFault(told, '根')).toBeNull();
    expect(signatureFault(told, '根 ')).toBe('签名与日根不符');
    const other = kind === 'sm2' ? 'ed25519' : 'sm2';
    expect(signatureFault({ ...told, algorithm: other }, '根')).toBe('公钥与签名算法不符');
    expect(signatureFault({ ...told, signature: `${told.signature}=` }, '根')).toBe('公钥或签名不是规范的 base64');
    const bytes = Buffer.from(told.signature, 'base64');
    for (let i = 0; i < bytes.length; i += 7) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(signatureFault({ ...told, signature: changed.toString('base64') }, '根')).toBe('签名与日根不符');
    }
  });
});

describe('SM2 as other programs know it', () => {
  it('verifies the signature of GB/T 32918.2 with the recommended curve and default identity', () => {
    // GB/T 32918.5-2017 annex A: key, message "message digest", signature.
    const point = Buffer.from(
      '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
      'hex',
    );
    const r = 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3';
    const s = 'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa';
    const signature = Buffer.from(`3046022100${r}022100${s}`, 'hex');
    expect(sm2Verify(Buffer.from('message digest'), signature, point)).toBe(true);
    expect(sm2Verify(Buffer.from('message digest.'), signature, point)).toBe(false);
    expect(sm2Verify(Buffer.from('message digest'), signature, Buffer.concat([point.subarray(0, 64), Buffer.from([0x14])]))).toBe(false);
  });

  if (!openssl) {
    it('NOT RUN: no openssl on the PATH; install it and run this file again to prove SM2 signatures against another program', () => {
      console.warn('NOT RUN: SM2 signatures against OpenSSL (no openssl on the PATH)');
      expect(openssl).toBe(false);
    });
    return;
  }
  it('is accepted by OpenSSL, and accepts what OpenSSL signed', async () => {
    const publicKey = await createKeyFile('sm2', join(dir, 'own.pem'));
    const signer = await readSigner(join(dir, 'own.pem'));
    writeFileSync(join(dir, 'text'), '第一号日根');
    writeFileSync(join(dir, 'public.pem'), publicPem(publicKey));
    const identity = ['-rawin', '-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678'];
    for (let round = 0; round < 3; round += 1) {
      writeFileSync(join(dir, 'signature'), Buffer.from(signer.sign('第一号日根').signature, 'base64'));
      expect(run('pkeyutl', '-verify', '-pubin', '-inkey', 'public.pem', '-in', 'text', '-sigfile', 'signature', ...identity)).toContain(
        'Verified Successfully',
      );
    }
    run('pkeyutl', '-sign', '-inkey', 'own.pem', '-in', 'text', '-out', 'theirs', ...identity);
    const point = sm2Point(Buffer.from(publicKey, 'base64'));
    expect(sm2Verify(Buffer.from('第一号日根'), readFileSync(join(dir, 'theirs')), point)).toBe(true);
  });
});

describe('a key file that is none', () => {
  it('is refused in words', async () => {
    await expect(readSigner(join(dir, 'nowhere.pem'))).rejects.toThrow('ENOENT');
    expect(() => signerFrom('-----BEGIN', 'PINCHA_EVIDENCE_KEY')).toThrow('PINCHA_EVIDENCE_KEY');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    expect(() => signerFrom(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'k')).toThrow('只支持 Ed25519 或 SM2');
  });
});
