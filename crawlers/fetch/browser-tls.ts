/**
 * What the browser saw of an encrypted connection that our proxy only tunnelled: protocol and cipher of the page's own
 * answer, and the certificate the host showed. Told by the browser, so the page's scripts have no say in it.
 */
import { X509Certificate } from 'node:crypto';
import type { BrowserContext, CDPSession, Page, Response } from 'playwright';
import type { TlsFacts } from '../../core/model/capture.ts';
import { certificateFactsOf } from './network-facts.ts';

export interface BrowserTls {
  /** Of a page's own answer; null when it came in the open. Never throws: what is not told is null. */
  of(response: Response): Promise<TlsFacts | null>;
}

const bare = (url: string): string => url.replace(/#.*$/s, '');
/** `TLS 1.3` as Node writes it. */
const protocolOf = (told: string | undefined): string | null => told?.replace(/^TLS (?=\d)/, 'TLSv') || null;
const instantOf = (seconds: number | undefined): string | null => (seconds ? new Date(seconds * 1_000).toISOString() : null);

/** The certificate a host showed; null where the browser does not hand it out. */
async function certificateOf(session: CDPSession, url: string): Promise<ReturnType<typeof certificateFactsOf> | null> {
  try {
    const { tableNames } = await session.send('Network.getCertificate', { origin: new URL(url).origin });
    const [own] = tableNames;
    return own ? certificateFactsOf(new X509Certificate(Buffer.from(own, 'base64')).toLegacyObject()) : null;
  } catch {
    return null;
  }
}

/** Listens from before the page is asked for. */
export async function watchTls(context: BrowserContext, page: Page): Promise<BrowserTls> {
  const session = await context.newCDPSession(page);
  const ciphers = new Map<string, string>();
  session.on('Network.responseReceived', ({ type, response }) => {
    if (type === 'Document' && response.securityDetails) ciphers.set(bare(response.url), response.securityDetails.cipher);
  });
  await session.send('Network.enable');
  return {
    async of(response) {
      const told = await response.securityDetails();
      if (!told) return null;
      const shown = await certificateOf(session, response.url());
      return {
        protocol: protocolOf(told.protocol),
        cipher: ciphers.get(bare(response.url())) || null,
        ...(shown ?? {
          certificateSha256: null,
          subject: told.subjectName ?? null,
          issuer: told.issuer ?? null,
          validFrom: instantOf(told.validFrom),
          validTo: instantOf(told.validTo),
        }),
      };
    },
  };
}
