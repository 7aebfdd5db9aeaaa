/** A time-stamp authority for tests: OpenSSL behind a loopback HTTP server, its certificates made here and now. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const openssl = spawnSync('openssl', ['version'], { encoding: 'utf8' }).status === 0;

const CONFIG = `
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical,CA:true
[tsa_cert]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = one
[one]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

export interface Tsa {
  readonly url: string;
  /** PEM of the authority above it. */
  readonly ca: string;
  readonly dir: string;
  /** How many requests came. */
  readonly asked: () => number;
  /** Answers instead of OpenSSL until set back to null. */
  answer: ((request: Buffer, response: http.ServerResponse) => void) | null;
  reply(request: Buffer): Buffer;
  run(...args: string[]): string;
  close(): Promise<void>;
}

/** Starts one. @param kind the key of the service's certificate */
export async function startTsa(kind: 'rsa' | 'ec' = 'ec'): Promise<Tsa> {
  const dir = mkdtempSync(join(tmpdir(), 'pincha-tsa-'));
  const run = (...args: string[]): string => {
    const done = spawnSync('openssl', args, { encoding: 'utf8', cwd: dir });
    if (done.status !== 0 && args[0] !== 'ts') throw new Error(`openssl ${args.join(' ')}: ${done.stderr}`);
    return `${done.stdout}${done.stderr}`;
  };
  const key = { rsa: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], ec: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] }[kind];
  writeFileSync(join(dir, 'conf'), CONFIG);
  writeFileSync(join(dir, 'serial'), '01\n');
  run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'ca.key');
  run('req', '-x509', '-new', '-key', 'ca.key', '-subj', '/CN=Test root', '-days', '30', '-config', 'conf', '-extensions', 'ca', '-out', 'ca.pem');
  run('genpkey', '-algorithm', ...key, '-out', 'tsa.key');
  run('req', '-new', '-key', 'tsa.key', '-subj', '/CN=Test time-stamps', '-config', 'conf', '-out', 'tsa.csr');
  run(
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-set_serial',
    '7',
    '-days',
    '20',
    '-extfile',
    'conf',
    '-extensions',
    'tsa_cert',
    '-out',
    'tsa.pem',
  );
  let asked = 0;
  const tsa: Tsa = {
    url: '',
    ca: readFileSync(join(dir, 'ca.pem'), 'utf8'),
    dir,
    asked: () => asked,
    answer: null,
    reply(request) {
      writeFileSync(join(dir, 'query'), request);
      run('ts', '-reply', '-config', 'conf', '-section', 'one', '-queryfile', 'query', '-out', 'reply');
      return readFileSync(join(dir, 'reply'));
    },
    run,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          rmSync(dir, { recursive: true, force: true });
          resolve();
        });
      }),
  };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked += 1;
      if (tsa.answer) return tsa.answer(Buffer.concat(chunks), response);
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(tsa.reply(Buffer.concat(chunks)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(tsa, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa` });
}
