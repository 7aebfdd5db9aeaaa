/** Answers of a server that lies, drips, floods, redirects and refuses, by path; what it sends when it is honest, too. */
import type { ServerResponse } from 'node:http';
import zlib from 'node:zlib';
import type { startHostileServer } from './hostile-server.ts';

const MB = 1024 * 1024;
export const page = '<!doctype html><html><body>招聘 文员</body></html>';
/** 40 MB of nothing, packed into some kilobytes. */
const BOMBS = {
  gzip: zlib.gzipSync(Buffer.alloc(40 * MB)),
  br: zlib.brotliCompressSync(Buffer.alloc(40 * MB), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
};
/** 招聘 in GBK. */
const GBK_BODY = Buffer.concat([
  Buffer.from('<html><head><meta charset="gb2312"></head><body>'),
  Buffer.from([0xd5, 0xd0, 0xc6, 0xb8]),
  Buffer.from('</body></html>'),
]);
export const redirect = (to: string) => (_: unknown, response: ServerResponse) => void response.writeHead(302, { location: to }).end();

type Routes = Parameters<typeof startHostileServer>[0];

/** @param victimPort of a server that nobody may be led to */
export function lies(victimPort: number): Routes {
  let limited = 0;
  return {
    '/ok': (_, r) => void r.writeHead(200, { 'content-type': 'text/html; charset=utf-8', etag: '"v1"', 'X-Order': 'a' }).end(page),
    '/etag': (q, r) => void (q.headers['if-none-match'] === '"v1"' ? r.writeHead(304).end() : r.writeHead(200, { etag: '"v1"' }).end(page)),
    '/since': (q, r) => void (q.headers['if-modified-since'] ? r.writeHead(304).end() : r.end(page)),
    '/bare-304': (_, r) => void r.writeHead(304).end(),
    '/huge': (_, r) => {
      let left = 50;
      const push = (): void => void (left-- > 0 && !r.destroyed && r.write(Buffer.alloc(MB, 97), () => setImmediate(push)));
      r.writeHead(200);
      push();
    },
    '/huge-declared': (_, r) => void r.writeHead(200, { 'content-length': String(50 * MB) }).write('x'),
    '/drip': (_, r) => {
      r.writeHead(200);
      const timer = setInterval(() => r.write('.'), 20);
      r.on('close', () => clearInterval(timer));
    },
    '/silent': () => {},
    '/half': (_, r) => void r.writeHead(200).write('<html>'),
    '/to-victim': (_, r) => void r.writeHead(302, { location: `http://127.0.0.1:${victimPort}/steal` }).end(),
    '/to-metadata': redirect('http://169.254.169.254/latest/meta-data/'),
    '/to-decimal': (_, r) => void r.writeHead(302, { location: `http://2130706433:${victimPort}/steal` }).end(),
    '/to-mapped': (_, r) => void r.writeHead(302, { location: `http://[::ffff:127.0.0.1]:${victimPort}/steal` }).end(),
    '/to-file': redirect('file:///etc/passwd'),
    '/to-nonsense': redirect('http://[::bad'),
    '/loop-a': redirect('/loop-b'),
    '/loop-b': redirect('/loop-a'),
    '/hop': redirect('/ok#part'),
    '/bomb': (_, r) => void r.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMBS.gzip),
    '/bomb-br': (_, r) => void r.writeHead(200, { 'content-encoding': 'br' }).end(BOMBS.br),
    '/layers': (_, r) => void r.writeHead(200, { 'content-encoding': 'gzip, gzip, gzip' }).end('x'),
    '/bad-gzip': (_, r) => void r.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip at all'),
    '/gzip': (_, r) => void r.writeHead(200, { 'content-encoding': 'gzip' }).end(zlib.gzipSync(page)),
    '/br': (_, r) => void r.writeHead(200, { 'content-encoding': 'br' }).end(zlib.brotliCompressSync(page)),
    '/deflate': (_, r) => void r.writeHead(200, { 'content-encoding': 'deflate' }).end(zlib.deflateSync(page)),
    '/deflate-raw': (_, r) => void r.writeHead(200, { 'content-encoding': 'deflate' }).end(zlib.deflateRawSync(page)),
    '/short': (_, r) => {
      r.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this');
    },
    '/two-lengths': (_, r) => void r.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\nonly this'),
    '/smuggle': (_, r) => void r.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
    '/garbage': (_, r) => void r.socket?.end('\u0000\u0001 what is this\r\n\r\n'),
    '/headers': (_, r) => void r.socket?.end(`HTTP/1.1 200 OK\r\n${'X-A: '.padEnd(200_000, 'a')}\r\n\r\n`),
    '/hang-up': (_, r) => void r.socket?.destroy(),
    '/gbk': (_, r) => void r.writeHead(200, { 'content-type': 'text/html' }).end(GBK_BODY),
    '/429-once': (_, r) => {
      limited += 1;
      if (limited === 1) r.writeHead(429, { 'retry-after': '1' }).end();
      else r.end(page);
    },
    '/429': (_, r) => void r.writeHead(429, { 'retry-after': '120' }).end('slow down'),
    '/503-when': (_, r) => void r.writeHead(503, { 'retry-after': '60' }).end(),
    '/503': (_, r) => void r.writeHead(503).end(),
    '/500': (_, r) => void r.writeHead(500).end(),
    '/401': (_, r) => void r.writeHead(401).end(),
    '/403': (_, r) => void r.writeHead(403).end('请登录'),
    '/410': (_, r) => void r.writeHead(410).end(),
    '*': (q, r) =>
      q.url?.startsWith('/chain/') ? void r.writeHead(302, { location: `/chain/${Number(q.url.slice(7)) + 1}` }).end() : void r.writeHead(404).end('gone'),
  };
}
