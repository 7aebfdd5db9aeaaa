import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../core/digest.ts';
import { checkToken, timestampRequest, tokenOfReply } from '../../../evidence/timestamp.ts';
import { openssl, startTsa } from '../../support/tsa.ts';

const statement = '{"no":1}';
const imprint = sha256(statement);

describe('a request', () => {
  it('is the DER of RFC 3161', () => {
    expect(timestampRequest('ab'.repeat(32), '80ff').toString('hex')).toBe(
      `303e020101${'3031300d060960864801650304020105000420'}${'ab'.repeat(32)}${'02030080ff'}${'0101ff'}`,
    );
  });
});

describe('a reply that is none', () => {
  it('is refused in words', () => {
    for (const wrong of ['', '00', '3000', '30023000', '3080', '30848fffffff', '3005300302010000'])
      expect(() => tokenOfReply(Buffer.from(wrong, 'hex'), 'http://t')).toThrow();
    const refusal = Buffer.from(`3012${'3010'}${'020102'}${'300b0c09'}${Buffer.from('bad query').toString('hex')}`, 'hex');
    expect(() => tokenOfReply(refusal, 'http://t')).toThrow('拒绝”：bad query');
    expect(() => tokenOfReply(Buffer.from('30053003020100', 'hex'), 'http://t')).toThrow('没有令牌');
    expect(() => tokenOfReply(Buffer.alloc(70_000, 0x30), 'http://t')).toThrow('过大');
    for (const wrong of ['', '3000', '300b06092a864886f70d010702'])
      expect(() => checkToken(Buffer.from(wrong, 'hex'), { imprint, nonce: '1' })).toThrow('不能识读');
  });
});

if (!openssl) {
  describe('tokens of an OpenSSL time-stamp authority', () => {
    it('NOT RUN: no openssl on the PATH; install it and run this file again to prove tokens against a real authority', () => {
      console.warn('NOT RUN: time-stamp tokens of an OpenSSL authority (no openssl on the PATH)');
      expect(openssl).toBe(false);
    });
  });
} else {
  describe.each(['rsa', 'ec'] as const)('tokens of an OpenSSL authority with a key of kind %s', async (kind) => {
    const tsa = await startTsa(kind);
    afterAll(() => tsa.close());
    const nonce = `00${randomBytes(7).toString('hex')}`;
    const token = tokenOfReply(tsa.reply(timestampRequest(imprint, nonce)), tsa.url);

    it('are read and checked, and pass openssl ts -verify', () => {
      const facts = checkToken(token, { imprint, nonce, anchors: [tsa.ca] });
      expect(facts).toMatchObject({ imprint, policy: '1.2.3.4.1', signer: 'CN=Test time-stamps' });
      expect(Math.abs(facts.genTime.getTime() - Date.now())).toBeLessThan(60_000);
      writeFileSync(join(tsa.dir, 'statement'), statement);
      writeFileSync(join(tsa.dir, 'token'), token);
      expect(tsa.run('ts', '-verify', '-token_in', '-in', 'token', '-data', 'statement', '-CAfile', 'ca.pem')).toContain('Verification: OK');
    });

    it('hold for nothing else', async () => {
      expect(() => checkToken(token, { imprint: sha256('other'), nonce })).toThrow('所盖的不是这份内容的摘要');
      expect(() => checkToken(token, { imprint, nonce: '77' })).toThrow('随机数与请求不符');
      const stranger = await startTsa('ec');
      expect(() => checkToken(token, { imprint, nonce, anchors: [stranger.ca] })).toThrow('证书不是由所信任的机构签发');
      await stranger.close();
    });

    it('do not survive a change where it matters', () => {
      const at = token.indexOf(Buffer.from(imprint, 'hex'));
      for (const place of [at, at + 40, token.length - 5, token.length - 20]) {
        const changed = Buffer.from(token);
        changed[place] = (changed[place] ?? 0) ^ 1;
        expect(() => checkToken(changed, { imprint, nonce })).toThrow();
      }
    });
  });
}
