/** The address guard: every way to write a private address is refused; nothing public is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressGuard, refusalOf } from '../../../crawlers/fetch/address-guard.ts';

const PRIVATE_V4 = fc.oneof(
  fc.tuple(fc.constantFrom(0, 10, 127), byte(), byte(), byte()),
  fc.tuple(fc.constant(192), fc.constant(168), byte(), byte()),
  fc.tuple(fc.constant(169), fc.constant(254), byte(), byte()),
  fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte(), byte()),
  fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte(), byte()),
  fc.tuple(fc.integer({ min: 224, max: 255 }), byte(), byte(), byte()),
);
function byte(): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 255 });
}
type V4 = readonly [number, number, number, number];
const hex = (n: number, width = 0): string => n.toString(16).padStart(width, '0');
const word = ([a, b, c, d]: V4): string => `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;

/** Every notation of an IPv4 address that URL parsers or resolvers of some system accept. */
const notations = (ip: V4): string[] => {
  const [a, b, c, d] = ip;
  const value = ((a * 256 + b) * 256 + c) * 256 + d;
  return [
    `${a}.${b}.${c}.${d}`,
    `${value}`,
    `0x${hex(value)}`,
    `0${value.toString(8)}`,
    `0x${hex(a)}.0x${hex(b)}.0x${hex(c)}.0x${hex(d)}`,
    `0${a.toString(8)}.0${b.toString(8)}.0${c.toString(8)}.0${d.toString(8)}`,
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `[::ffff:${a}.${b}.${c}.${d}]`,
    `[::ffff:${word(ip)}]`,
    `[::ffff:0:${word(ip)}]`,
    `[::${word(ip)}]`,
    `[64:ff9b::${word(ip)}]`,
    `[64:ff9b:1::${word(ip)}]`,
    `[2002:${word(ip)}::1]`,
    `[2001:db8::5efe:${word(ip)}]`,
    `[2400:3200::5efe:${word(ip)}]`,
  ];
};

describe('address guard', () => {
  const guard = createAddressGuard([]);

  it('refuses every private address in every notation', () => {
    fc.assert(
      fc.property(PRIVATE_V4, (ip) => {
        for (const host of notations(ip)) {
          expect(() => guard.check(`http://${host}/`), host).toThrow(/拒绝访问/);
          const bare = host.replace(/[[\]]/g, '');
          expect(refusalOf(bare), bare).not.toBeNull();
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    '::1',
    '::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '2001:0:7f00:1::',
    '2001:db8::1',
    '100::1',
    '168.63.129.16',
    '198.18.0.1',
    '192.0.2.7',
    '4000::1',
  ])('refuses %s', (ip) => {
    expect(refusalOf(ip)).not.toBeNull();
  });

  it.each([
    '8.8.8.8',
    '114.114.114.114',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '2400:3200::1',
    '64:ff9b::808:808',
    '::ffff:8.8.8.8',
    '2002:808:808::1',
  ])('lets the public %s pass', (ip) => {
    expect(refusalOf(ip)).toBeNull();
  });

  it('takes no word for an address', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[g-z]{1,12}$/), (name) => {
        expect(refusalOf(name)).toBe('notAnAddress');
      }),
    );
  });

  it.each([
    'ftp://a.cn/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://u:p@a.cn/',
    'http://u@a.cn/',
    'http://a.cn:22/',
    'http://a.cn:0/',
    'http://a.cn:6379/',
    'http:///',
    'nonsense',
    '',
  ])('refuses the URL %s', (url) => {
    expect(() => guard.check(url)).toThrow(/拒绝访问/);
  });

  it('refuses an endless URL without printing all of it', () => {
    expect(() => guard.check(`http://a.cn/${'x'.repeat(10_000)}`)).toThrow(/^.{1,400}$/);
  });

  it('lets exactly the named host and port pass, not its neighbours', () => {
    const sandbox = createAddressGuard(['127.0.0.1:8711', '[::1]:8711', 'localhost:8711']);
    expect(sandbox.check('http://127.0.0.1:8711/a').pathname).toBe('/a');
    expect(sandbox.check('http://2130706433:8711/a').hostname).toBe('127.0.0.1');
    expect(sandbox.check('http://[::1]:8711/').hostname).toBe('[::1]');
    for (const url of ['http://127.0.0.1:8712/', 'http://127.0.0.2:8711/', 'http://127.0.0.1/', 'https://127.0.0.1/']) {
      expect(() => sandbox.check(url), url).toThrow(/拒绝访问/);
    }
  });

  it('refuses a name that resolves to this machine, at the moment of connecting', async () => {
    await expect(guard.resolve(guard.check('http://localhost:8711/'))).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    const named = createAddressGuard(['localhost:8711']);
    expect((await named.resolve(named.check('http://localhost:8711/'))).length).toBeGreaterThan(0);
    const thrown = await new Promise((resolve) => guard.lookupFor(new URL('http://localhost:8711/'))('localhost', { all: true }, (error) => resolve(error)));
    expect(thrown).toMatchObject({ code: 'ADDRESS_REFUSED' });
  });
});
