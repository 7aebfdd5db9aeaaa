/** A real HTTP server on loopback that behaves as badly as its routes say. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export type Route = (request: http.IncomingMessage, response: http.ServerResponse) => void;

export interface HostileServer {
  readonly port: number;
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** Paths in the order they were asked for. */
  readonly hits: string[];
  readonly requests: { readonly path: string; readonly headers: http.IncomingHttpHeaders; readonly at: number }[];
  close(): Promise<void>;
}

/** @param routes by exact path; `*` catches the rest, which is 404 otherwise; robots.txt is 404 unless given */
export async function startHostileServer(routes: Readonly<Record<string, Route>>): Promise<HostileServer> {
  const hits: string[] = [];
  const requests: HostileServer['requests'] = [];
  const server = http.createServer((request, response) => {
    const path = request.url ?? '/';
    hits.push(path);
    requests.push({ path, headers: request.headers, at: Date.now() });
    response.on('error', () => {});
    const route = routes[path] ?? (path === '/robots.txt' ? undefined : routes['*']);
    if (route) route(request, response);
    else response.writeHead(404).end();
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    hits,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A self-signed certificate for 127.0.0.1 and its key, made for these tests; nobody trusts it. */
export const UNTRUSTED_TLS = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmY3I6LKyEwcGrUr4
YBSt4VaE3I/lOA1gnRVg9QQu+amhRANCAASkkvYZuyx+PGJclFPJmmeWl+lA98A3
hujs6N6KPpiJTo1/Vd64IXjkOY1DNU5kNrjWXwqUr9Dqqc9mW5HCNnpi
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBkTCCATagAwIBAgIUdf/nMolBP+31oSUKRHE9MxXr/sQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzA2NTEwMVoYDzIxMjYxMDMw
MDY1MTAxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASkkvYZuyx+PGJclFPJmmeWl+lA98A3hujs6N6KPpiJTo1/Vd64IXjk
OY1DNU5kNrjWXwqUr9Dqqc9mW5HCNnpio2QwYjAdBgNVHQ4EFgQU16/AT0Gv2uuW
/kt0F4HVmiUjnvEwHwYDVR0jBBgwFoAU16/AT0Gv2uuW/kt0F4HVmiUjnvEwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0kAMEYC
IQD1YQgvrmB3CStwDcsW+wGd4MJhs7beuhi78K3mj+qc2AIhANpESd09bmjNWKOh
zah88WN1Lxcuy1Ej0EexXrseGtJB
-----END CERTIFICATE-----`,
};
