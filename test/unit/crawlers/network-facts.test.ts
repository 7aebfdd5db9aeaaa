import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { networkFactsOf } from '../../../crawlers/fetch/network-facts.ts';
import { UNTRUSTED_TLS } from '../../support/hostile-server.ts';

describe('what a connection shows of the peer', () => {
  it('names protocol, cipher and certificate of an encrypted one', async () => {
    const server = https.createServer(UNTRUSTED_TLS, (_request, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const facts = await new Promise((resolve, reject) => {
      https
        .get({ host: '127.0.0.1', port, rejectUnauthorized: false, agent: new https.Agent() }, (response) => {
          resolve(networkFactsOf(response.socket));
          response.resume();
        })
        .on('error', reject);
    });
    server.close();
    const hex = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
    const tls = { protocol: 'TLSv1.3', cipher: expect.stringContaining('TLS_') as string, certificateSha256: hex, validFrom: instant, validTo: instant };
    expect(facts).toMatchObject({ resolved: null, tls: { ...tls, issuer: expect.stringContaining('=') as string } });
  });

  it('knows nothing of a plain one to an address', async () => {
    const server = http.createServer((_request, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const facts = await new Promise((resolve) => {
      http.get({ host: '127.0.0.1', port }, (response) => {
        resolve(networkFactsOf(response.socket));
        response.resume();
      });
    });
    server.close();
    expect(facts).toEqual({ resolved: null, tls: null });
  });
});
