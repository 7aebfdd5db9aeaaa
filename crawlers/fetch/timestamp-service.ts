/**
 * The way to a time-stamp service (RFC 3161 section 3.4): one POST through the guarded client, bounded in size and time,
 * no redirects. Its address comes from configuration, so the host it names may be a private one.
 */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PinchaError, reasonOf } from '../../core/errors.ts';
import type { TimestampService } from '../../core/ports.ts';
import { createAddressGuard, portOf } from './address-guard.ts';
import { createHttpSender, failed, headerOf } from './http-sender.ts';

const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 15_000;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]{1,20000}-----END CERTIFICATE-----/g;

/** The certificates in a PEM file. @throws FILE_UNREADABLE, INPUT_INVALID naming the file */
export function readAnchors(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new PinchaError('FILE_UNREADABLE', { file, reason: reasonOf(thrown) }, thrown);
  }
  const found = text.slice(0, 1_000_000).match(CERTIFICATE) ?? [];
  try {
    for (const pem of found) new X509Certificate(pem);
  } catch (thrown) {
    throw new PinchaError('INPUT_INVALID', { field: file, reason: `证书不能识读（${reasonOf(thrown)}）` }, thrown);
  }
  if (found.length === 0) throw new PinchaError('INPUT_INVALID', { field: file, reason: '其中没有 PEM 证书' });
  return found;
}

/** @param userAgent who we say we are @param anchors see {@link readAnchors} */
export function createTimestampService(address: string, userAgent: string, anchors?: readonly string[]): TimestampService & { close(): void } {
  const url = new URL(address);
  const sender = createHttpSender(createAddressGuard([`${url.hostname}:${portOf(url)}`]));
  const headers = { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply', 'user-agent': userAgent };
  const refuse = (reason: string): PinchaError => new PinchaError('FETCH_FAILED', { url: url.origin, reason });
  return {
    url: `${url.origin}${url.pathname}`,
    ...(anchors ? { anchors } : {}),
    async ask(request) {
      const body = { 'content-length': String(request.length) };
      const answer = await sender.send({
        url,
        headers: { ...headers, ...body },
        body: request,
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        idleMs: TIMEOUT_MS,
      });
      if (failed(answer)) throw refuse(answer.reason);
      if (answer.status !== 200) throw refuse(`时间戳服务返回 HTTP ${answer.status}`);
      const type = headerOf(answer.headers, 'content-type')?.split(';')[0]?.trim().toLowerCase();
      if (type !== 'application/timestamp-reply') throw refuse(`应答类型不是时间戳（${(type ?? '无').slice(0, 60)}）`);
      return answer.body;
    },
    close: () => sender.close(),
  };
}
