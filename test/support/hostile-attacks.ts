/** What hostile servers do to a plain fetch, each with the one outcome it must come to and what it may cost. */
import type { ServerResponse } from 'node:http';
import zlib from 'node:zlib';
import type { Outcome } from '../../core/model/capture.ts';
import { type Attack, pageOf, type Scene } from './hostile-world.ts';

const MB = 1024 * 1024;
const ZEROS = Buffer.alloc(16 * MB);
const BOMB = {
  gzip: zlib.gzipSync(ZEROS),
  br: zlib.brotliCompressSync(ZEROS, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
  deflate: zlib.deflateSync(ZEROS),
};
const GOOD = pageOf('招聘文员', '招聘文员两名，负责整理档案');
/** 招聘 and the rest of a page, in GB18030. */
const GB = Buffer.concat([
  Buffer.from('<html><body><h1 class="title">'),
  Buffer.from('d5d0c6b8', 'hex'),
  Buffer.from('</h1><div class="text">'),
  Buffer.from('d5d0c6b8'.repeat(10), 'hex'),
  Buffer.from('</div>'),
]);

type Serve = Attack['serve'];
/** Writes the same again and again, as fast as it is taken or every so often, until the other side has had enough. */
export function endless(response: ServerResponse, piece: string | Buffer, everyMs = 0, head = ''): void {
  const socket = response.socket;
  if (!socket) return;
  socket.write(head);
  const push = (): void => {
    if (socket.destroyed || socket.writableEnded) return;
    socket.write(piece, () => void (everyMs > 0 ? setTimeout(push, everyMs) : setImmediate(push)));
  };
  push();
}
const raw =
  (text: string): Serve =>
  ({ response }) =>
    void response.socket?.end(text);
/** A beginning, then the same for ever. */
const forEver =
  (head: string, piece: string | Buffer, everyMs = 0): Serve =>
  ({ response }) =>
    endless(response, piece, everyMs, head);
const answer =
  (body: string | Buffer, headers: Record<string, string> = {}, status = 200): Serve =>
  ({ response }) =>
    void response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const FORGED = `HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(pageOf('伪造', '伪造'))}\r\n\r\n${pageOf('伪造', '伪造')}`;

const http = (name: string, outcome: Outcome, serve: Serve, more: Partial<Attack> = {}): Attack => ({ name, path: 'http', outcome, serve, ...more });

const SLOW: Attack[] = [
  http('headers that drip', 'timeout', forEver('HTTP/1.1 200 OK\r\n', 'X-A: b\r\n', 20)),
  http('a body that drips', 'timeout', forEver(`${OK}\r\n`, '<p>.</p>', 20)),
  http('a status line that never comes', 'timeout', () => undefined),
  http('half a page, then silence', 'timeout', forEver(`${OK}Content-Length: 900\r\n\r\n`, '<html>', 60_000)),
  http('interim answers that drip', 'timeout', forEver('', 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n', 150)),
  http('a handshake that never ends', 'timeout', (s) => moved(s, `https://127.0.0.1:${s.tls.silent}/`)),
];

const LARGE: Attack[] = [
  http('an endless body', 'too_large', forEver(`${OK}\r\n`, Buffer.alloc(65_536, 97))),
  http('an endless chunked body of small chunks', 'too_large', forEver(CHUNKED, `20\r\n${'a'.repeat(32)}\r\n`.repeat(1_000))),
  http('endless extensions of a chunk', 'network', forEver(`${CHUNKED}1;`, 'a'.repeat(4_096))),
  http('endless trailers', 'network', forEver(`${CHUNKED}1\r\na\r\n0\r\n`, `X-A: ${'a'.repeat(4_000)}\r\n`)),
  http('a length of 50 MB that is only declared', 'too_large', forEver(`${OK}Content-Length: ${50 * MB}\r\n\r\n`, 'x', 60_000)),
  http('a gzip bomb', 'too_large', answer(BOMB.gzip, { 'content-encoding': 'gzip' })),
  http('a brotli bomb', 'too_large', answer(BOMB.br, { 'content-encoding': 'br' })),
  http('a deflate bomb', 'too_large', answer(BOMB.deflate, { 'content-encoding': 'deflate' })),
  http('a bomb within a bomb', 'too_large', answer(zlib.gzipSync(BOMB.gzip), { 'content-encoding': 'gzip, gzip' })),
  http('more layers than anybody needs', 'network', answer(zlib.gzipSync(zlib.gzipSync(BOMB.gzip)), { 'content-encoding': 'gzip, gzip, gzip' })),
  http('a bomb behind a redirect that is never read', 'too_large', ({ response }) => {
    response.socket?.write('HTTP/1.1 302 Found\r\nLocation: /job/1\r\n\r\n');
    endless(response, Buffer.alloc(65_536, 97));
  }),
];

const BROKEN: Attack[] = [
  http('a length that is too long', 'network', raw(`${OK}Content-Length: 1000\r\n\r\nonly this`)),
  http('a length that is too short, with a forged answer behind it', 'parse_drift', raw(`${OK}Content-Length: 6\r\n\r\n<html>${FORGED}`)),
  http('two lengths', 'network', raw(`${OK}Content-Length: 4\r\nContent-Length: 9\r\n\r\nonly this`)),
  http('a length and chunks', 'network', raw(`${OK}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`)),
  http('chunks that break off', 'network', raw(`${CHUNKED}5\r\nhello\r\n5\r\nhe`)),
  http('chunks of no size', 'network', raw(`${CHUNKED}-1\r\nhello\r\n0\r\n\r\n`)),
  http('something that is no HTTP', 'network', raw('\u0000\u0001 what is this\r\n\r\n')),
  http('a connection that is cut', 'network', ({ response }) => void response.socket?.destroy()),
  http('gzip that is none', 'network', answer('not gzip at all', { 'content-encoding': 'gzip' })),
  http('a coding nobody knows', 'network', answer('?', { 'content-encoding': 'x-klingon' })),
  http('an upgrade nobody asked for', 'network', raw('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhello')),
  http('a flood of interim answers', 'network', forEver('', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(500))),
  http('thousands of headers within the limit', 'ok', raw(`${OK}${'a:b\r\n'.repeat(4_000)}Content-Length: ${Buffer.byteLength(GOOD)}\r\n\r\n${GOOD}`), {
    text: '整理档案',
  }),
  http('a hundred thousand headers', 'network', raw(`${OK}${'a: b\r\n'.repeat(100_000)}\r\n${GOOD}`)),
  http('one header of four megabytes', 'network', raw(`${OK}X-A: ${'a'.repeat(4 * MB)}\r\n\r\n${GOOD}`), { maxBytes: 10 * MB }),
  http('NUL bytes in a header', 'network', raw(`${OK}X-A: a\u0000b\r\n\r\n${GOOD}`)),
];

const ODD: Attack[] = [
  http('204', 'unavailable', ({ response }) => void response.writeHead(204).end(), { reason: /204/ }),
  http('205', 'unavailable', ({ response }) => void response.writeHead(205).end(), { reason: /205/ }),
  http('a part that nobody asked for', 'unavailable', answer(GOOD, { 'content-range': 'bytes 0-99/200' }, 206), { reason: /206/ }),
  http('304 without having asked', 'unavailable', ({ response }) => void response.writeHead(304).end(), { reason: /304/ }),
  http('200 with nothing', 'unavailable', answer('')),
  http('gzip of nothing', 'unavailable', answer(zlib.gzipSync(''), { 'content-encoding': 'gzip' })),
  http('a redirect to nowhere', 'unavailable', ({ response }) => void response.writeHead(302).end(), { reason: /302/ }),
  http('a status of its own making', 'unavailable', answer(GOOD, {}, 799), { reason: /799/ }),
  http('a picture that says it is a page', 'parse_drift', answer(Buffer.from(`89504e470d0a1a0a${'00ff'.repeat(2_000)}`, 'hex'))),
  http('a page that says it is a picture', 'parse_drift', answer(GOOD, { 'content-type': 'image/png' }), { reason: /image\/png/ }),
  http('an archive in the place of a page', 'parse_drift', answer(BOMB.gzip, { 'content-type': 'application/gzip' })),
  http('a hundred thousand nested elements', 'parse_drift', answer(`${'<div>'.repeat(100_000)}${GOOD}`)),
  http('a hundred thousand nested elements without end', 'parse_drift', answer(`<body>${'<b><p>'.repeat(50_000)}`)),
  http('an element with a hundred thousand attributes', 'ok', answer(`<i ${Array.from({ length: 60_000 }, (_, i) => `a${i}=1`).join(' ')}></i>${GOOD}`), {
    text: '整理档案',
  }),
  http('a million openings of comments and tags', 'ok', answer(`${GOOD}${'<!--<a '.repeat(100_000)}`), { text: '整理档案' }),
  http('UTF-8 that is GB18030', 'ok', answer(GB), { text: '招聘' }),
  http('a charset nobody knows', 'ok', answer(GOOD, { 'content-type': 'text/html; charset=x-klingon' }), { text: '整理档案' }),
  http('lone bytes', 'ok', answer(Buffer.concat([Buffer.from(GOOD), Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80])])), { text: '整理档案' }),
  http('lone surrogates and NULs in what is read', 'ok', answer(pageOf('招聘&#xd800;\u0000员', '整理\u0000档案 \ud83d&#0;')), { text: '整理' }),
  http('UTF-16 with a mark, against its header', 'ok', answer(Buffer.from(`\ufeff${GOOD}`, 'utf16le')), { text: '整理档案' }),
  http('UTF-16 the other way round', 'ok', answer(Buffer.from(`\ufeff${GOOD}`, 'utf16le').swap16(), { 'content-type': 'text/html' }), { text: '整理档案' }),
];

const WALLS: Attack[] = [
  http('200 with a captcha', 'captcha', answer('<title>职位</title><div class="captcha">请拖动滑块</div>'), { others: 'waiting' }),
  http('200 with a captcha that only its title tells', 'captcha', answer('<title>安全验证</title>'), { others: 'waiting' }),
  http('200 with a captcha around the post itself', 'captcha', answer(`${GOOD}<div class="captcha">请完成验证</div>`), { others: 'waiting' }),
  http('200 with a form to log in', 'login_wall', answer('<div class="login">请先登录</div>'), { others: 'waiting' }),
  http('403', 'login_wall', answer(GOOD, {}, 403), { others: 'waiting' }),
  http('429 until next year', 'rate_limited', answer('', { 'retry-after': '31536000' }, 429), { others: 'waiting' }),
];

export const moved = ({ response }: Scene, location: string, status = 302): void =>
  void response.socket?.end(`HTTP/1.1 ${status} Found\r\nLocation: ${location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);

/** Every way to say 127.0.0.1, or another place of ours, that a URL, a resolver or a redirect takes. */
export const PRIVATE: readonly ((lures: { readonly victim: number; readonly raw: number }) => string)[] = [
  (l) => `http://127.0.0.1:${l.victim}/`,
  (l) => `http://2130706433:${l.victim}/`,
  (l) => `http://0177.0.0.01:${l.victim}/`,
  (l) => `http://0x7f000001:${l.victim}/`,
  (l) => `http://127.1:${l.victim}/`,
  (l) => `http://0x7f.0.1:${l.victim}/`,
  (l) => `http://%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1:${l.victim}/`,
  (l) => `http://%31%32%37.0.0.1:${l.victim}/`,
  (l) => `http://127.0.0.1.:${l.victim}/`,
  (l) => `//127.0.0.1:${l.victim}/`,
  (l) => `http:\\\\127.0.0.1:${l.victim}\\`,
  (l) => `http://127.8.8.8:${l.victim}/`,
  (l) => `http://0:${l.victim}/`,
  (l) => `http://0.0.0.0:${l.victim}/`,
  (l) => `http://localhost:${l.victim}/`,
  (l) => `http://localhost.:${l.victim}/`,
  (l) => `http://[::1]:${l.victim}/`,
  (l) => `http://[::]:${l.victim}/`,
  (l) => `http://[::ffff:127.0.0.1]:${l.victim}/`,
  (l) => `http://[::ffff:7f00:1]:${l.victim}/`,
  (l) => `http://[::127.0.0.1]:${l.victim}/`,
  (l) => `http://[64:ff9b::7f00:1]:${l.victim}/`,
  (l) => `http://[2002:7f00:1::1]:${l.victim}/`,
  (l) => `http://[fe80::1]:${l.victim}/`,
  (l) => `http://[fd00::1]:${l.victim}/`,
  () => 'http://169.254.169.254/latest/meta-data/',
  () => 'http://2852039166/latest/meta-data/',
  (l) => `http://inside.example.cn:${l.victim}/`,
  (l) => `http://public.example.cn@127.0.0.1:${l.victim}/`,
  (l) => `http://user:word@public.example.cn:${l.victim}/`,
  () => 'http://public.example.cn:6379/',
  (l) => `https://127.0.0.1:${l.raw}/`,
];
const SCHEMES = [
  'file:///etc/passwd',
  'data:text/html,<h1 class="title">x</h1>',
  'gopher://127.0.0.1:70/',
  'ftp://public.example.cn/',
  'javascript:alert(1)',
  'ws://127.0.0.1/',
];

const ROADS: Attack[] = [
  http('a redirect to itself', 'network', (s) => moved(s, '/job/attack'), { reason: /循环/ }),
  http('a loop of redirects', 'network', (s) => moved(s, s.request.url === '/x/a' ? '/job/attack' : '/x/a'), { reason: /循环/ }),
  http('a chain of redirects', 'network', (s) => moved(s, `/x/${(Number(s.request.url?.slice(3)) || 0) + 1}`), { reason: /重定向超过/ }),
  http('an address that is none', 'network', (s) => moved(s, 'http://[::bad')),
  http(`redirects into private space in ${PRIVATE.length} notations`, 'refused_address', (s) => moved(s, PRIVATE[s.way]?.(s) ?? ''), { ways: PRIVATE.length }),
  http(`redirects to ${SCHEMES.length} other schemes`, 'refused_address', (s) => moved(s, SCHEMES[s.way] ?? ''), { ways: SCHEMES.length }),
  http('private space behind two redirects', 'refused_address', (s) => moved(s, s.request.url === '/x/a' ? `http://127.1:${s.victim}/` : '/x/a', 307)),
  http('a name that answers public, then private', 'refused_address', (s) => moved(s, `http://rebind.example.cn:${s.victim}/`)),
];

const TLS: Attack[] = [
  http('an encrypted page, for comparison', 'ok', (s) => moved(s, `https://127.0.0.1:${s.tls.good}/`), { text: '加密站点' }),
  http('a certificate nobody vouches for', 'network', (s) => moved(s, `https://127.0.0.1:${s.tls.untrusted}/`), { reason: /证书不可信/ }),
  http('a certificate of last year', 'network', (s) => moved(s, `https://127.0.0.1:${s.tls.expired}/`), { reason: /证书已过期/ }),
  http('a certificate of somebody else', 'network', (s) => moved(s, `https://127.0.0.1:${s.tls.foreign}/`), { reason: /证书与域名不符/ }),
  http('a plain answer to an encrypted question', 'network', (s) => moved(s, `https://127.0.0.1:${s.tls.plain}/`)),
];

export const ATTACKS: readonly Attack[] = [...SLOW, ...LARGE, ...BROKEN, ...ODD, ...WALLS, ...ROADS, ...TLS];
