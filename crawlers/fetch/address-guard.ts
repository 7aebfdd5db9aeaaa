/**
 * The address guard: which addresses the fetcher may speak to. Only public unicast addresses, only http and https,
 * no credentials in the URL; private `host:port` pairs only when configuration names them exactly (the sandbox does).
 * Checked for every redirect, and again at the moment of connecting on the very address that is connected to, so that
 * a name that changes its answer in between (DNS rebinding) gains nothing.
 */
import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { PinchaError, reasonOf } from '../../core/errors.ts';

const MAX_URL_LENGTH = 8_192;
const MAX_HOST_LENGTH = 253;
const DNS_TIMEOUT_MS = 5_000;

/** Ports of other protocols that must never get an HTTP request (from the "bad ports" of the WHATWG Fetch standard). */
const BAD_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137,
  139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
]);

/** Public by number, but answers only to virtual machines of one cloud: its metadata service. */
const METADATA: ReadonlySet<string> = new Set(['168.63.129.16']);

const refusalOfV4 = (ip: ipaddr.IPv4): string | null => {
  if (METADATA.has(ip.toString())) return 'metadata';
  const range = ip.range();
  return range === 'unicast' ? null : range;
};

/** The IPv4 address that an IPv6 address carries in 32 bits starting at 16-bit group `group`. */
const embedded = (ip: ipaddr.IPv6, group: number): ipaddr.IPv4 => {
  const [high, low] = [ip.parts[group] ?? 0, ip.parts[group + 1] ?? 0];
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
};

function refusalOfV6(ip: ipaddr.IPv6): string | null {
  const range = ip.range();
  const within = (name: string, group: number): string | null => {
    const refused = refusalOfV4(embedded(ip, group));
    return refused === null ? null : `${name}(${refused})`;
  };
  if (range === 'ipv4Mapped' || range === 'rfc6145') return within(range, 6);
  // Only the well-known prefix 64:ff9b::/96 has its address at a known place; 64:ff9b:1::/48 is for local use (RFC 8215).
  if (range === 'rfc6052') return ip.parts.slice(2, 6).every((part) => part === 0) ? within('nat64', 6) : 'nat64';
  if (range === '6to4') return within(range, 1);
  if (range !== 'unicast') return range;
  // Unicast outside 2000::/3 is not routed on the internet; ::a.b.c.d (deprecated) is among it.
  if (((ip.parts[0] ?? 0) & 0xe000) !== 0x2000) return 'notGlobal';
  // ISATAP (RFC 5214) hides an IPv4 address behind 5efe.
  return ip.parts[5] === 0x5efe ? within('isatap', 6) : null;
}

/**
 * Why an address must not be spoken to, or null when it is a public one. Takes every notation a resolver or a URL
 * takes: dotted, decimal, octal, hexadecimal, IPv6 with embedded IPv4.
 * @returns the name of the refusing range, `notAnAddress` for anything that is not an address
 */
export function refusalOf(address: string): string | null {
  if (!ipaddr.isValid(address)) return 'notAnAddress';
  const ip = ipaddr.parse(address);
  return ip instanceof ipaddr.IPv4 ? refusalOfV4(ip) : refusalOfV6(ip as ipaddr.IPv6);
}

const RANGE_ZH: Readonly<Record<string, string>> = {
  private: '内网地址',
  loopback: '本机地址',
  linkLocal: '链路本地地址',
  uniqueLocal: '内网地址',
  carrierGradeNat: '运营商内部地址',
  multicast: '组播地址',
  unspecified: '未指定地址',
  broadcast: '广播地址',
  metadata: '云主机元数据地址',
};
const words = (range: string): string => `${RANGE_ZH[range] ?? '非公网地址'}(${range})`;

export interface AddressGuard {
  /** The parsed URL. @throws PinchaError ADDRESS_REFUSED when its scheme, credentials, port or literal address is refused */
  check(url: string): URL;
  /** Whether configuration names this `host:port` as a private one that may be visited. */
  allowsPrivate(url: URL): boolean;
  /** A lookup for `net.connect` that fails when any address of the name is refused. @param url where the connection goes */
  lookupFor(url: URL): LookupFunction;
  /** The addresses of a URL's host, all checked. @throws PinchaError ADDRESS_REFUSED or the resolver's own error */
  resolve(url: URL): Promise<readonly dns.LookupAddress[]>;
}

export const portOf = (url: URL): number => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port));
/** The host without the brackets of an IPv6 literal and without the root's trailing dot. */
export const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

const refuse = (url: string, reason: string): PinchaError => new PinchaError('ADDRESS_REFUSED', { url: url.slice(0, 300), reason });

function parseUrl(text: string): URL {
  if (text.length > MAX_URL_LENGTH) throw refuse(text, `网址超过 ${MAX_URL_LENGTH} 个字符`);
  if (!URL.canParse(text)) throw refuse(text, '不是网址');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse(text, `只允许 http 与 https，不允许 ${url.protocol}`);
  if (url.username !== '' || url.password !== '') throw refuse(url.origin, '网址中不得带用户名或口令');
  if (bareHost(url) === '' || bareHost(url).length > MAX_HOST_LENGTH) throw refuse(text, '主机名有误');
  return url;
}

/** The addresses of a name. @throws the resolver's own error */
export type Resolver = (host: string) => Promise<readonly dns.LookupAddress[]>;

async function lookupAll(host: string, resolver: Resolver): Promise<readonly dns.LookupAddress[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new PinchaError('FETCH_FAILED', { url: host, reason: '域名解析超时' });
    timer = setTimeout(() => reject(error), DNS_TIMEOUT_MS);
  });
  try {
    return await Promise.race([resolver(host), late]);
  } finally {
    clearTimeout(timer);
  }
}

const systemResolver: Resolver = (host) => dns.promises.lookup(host, { all: true });

/**
 * @param allowPrivate exact `host:port` pairs (IPv6 hosts in brackets) that may be visited although private
 * @param resolver the system's own unless told
 */
export function createAddressGuard(allowPrivate: readonly string[], resolver: Resolver = systemResolver): AddressGuard {
  const allowed = new Set(allowPrivate.map((pair) => pair.trim().toLowerCase()));
  const allowsPrivate = (url: URL): boolean => allowed.has(`${url.hostname.replace(/\.$/, '')}:${portOf(url)}`);
  const resolve = async (url: URL): Promise<readonly dns.LookupAddress[]> => {
    const host = bareHost(url);
    const addresses = ipaddr.isValid(host) ? [{ address: host, family: host.includes(':') ? 6 : 4 }] : await lookupAll(host, resolver);
    if (allowsPrivate(url)) return addresses;
    for (const { address } of addresses) {
      const range = refusalOf(address);
      if (range !== null) throw refuse(url.href, `${host} 指向${words(range)}`);
    }
    return addresses;
  };
  return {
    check(text) {
      const url = parseUrl(text);
      if (allowsPrivate(url)) return url;
      if (BAD_PORTS.has(portOf(url))) throw refuse(text, `端口 ${portOf(url)} 不是网页端口`);
      const range = ipaddr.isValid(bareHost(url)) ? refusalOf(bareHost(url)) : null;
      if (range !== null) throw refuse(text, words(range));
      return url;
    },
    allowsPrivate,
    resolve,
    lookupFor: (url) => (_host, options, callback) => {
      resolve(url).then(
        (addresses) => {
          const fitting = addresses.filter((a) => !options.family || a.family === Number(String(options.family).replace('IPv', '')));
          const first = fitting[0];
          if (first === undefined) callback(Object.assign(refuse(url.href, '域名没有地址'), { code: 'ENOTFOUND' }), '');
          else if (options.all) callback(null, fitting);
          else callback(null, first.address, first.family);
        },
        (thrown: unknown) => callback(thrown instanceof Error ? thrown : new PinchaError('FETCH_FAILED', { url: url.href, reason: reasonOf(thrown) }), ''),
      );
    },
  };
}
