import { createServer, type Server } from 'node:http';
import type { ListenAddress } from './config.ts';

export type Endpoint = () => Promise<{
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}>;

export type EndpointTable = Readonly<Record<string, Endpoint>>;

/** Scrapes and probes are short; nobody may hold a connection for longer. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Serves GET of the given paths; resolves when it listens, to a function that ends it. */
export async function serveEndpoints(
  address: ListenAddress,
  endpoints: EndpointTable,
): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const endpoint = Object.hasOwn(endpoints, pathname) ? endpoints[pathname] : undefined;
    const answer = (status: number, contentType: string, body: string): void => {
      response.writeHead(status, { 'content-type': contentType }).end(body);
    };
    if (endpoint === undefined) {
      answer(404, 'text/plain', 'not found\n');
      return;
    }
    endpoint().then(
      ({ status, contentType, body }) => answer(status, contentType, body),
      (error: unknown) => answer(500, 'text/plain', `${String(error)}\n`),
    );
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host === '' ? undefined : address.host, resolve);
  });
  return () => closed(server);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
