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
