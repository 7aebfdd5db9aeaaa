/** Exchanges for evidence tests: small pages with Chinese text, odd headers and bodies of any bytes. */
import type { Exchange } from '../../../core/model/capture.ts';

export function exchangeOf(body: Buffer | string, over: Partial<Exchange> = {}): Exchange {
  return {
    url: 'http://jobs.example.test/post/1?q=工厂',
    finalUrl: 'http://jobs.example.test/post/1?q=工厂',
    method: 'GET',
    requestHeaders: { 'user-agent': 'Pincha (test)', accept: 'text/html' },
    status: 200,
    statusText: 'OK',
    httpVersion: '1.1',
    responseHeaders: [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Encoding', 'gzip'],
      ['Set-Cookie', 'a=1\nb=2'],
    ],
    body: Buffer.from(body),
    remoteAddress: '127.0.0.1',
    fetchedAt: new Date('2026-11-23T01:30:00.123Z'),
    elapsedMs: 12,
    via: 'http',
    ...over,
  };
}
