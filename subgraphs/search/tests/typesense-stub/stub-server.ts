import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, createStubRoutes } from './stub-routes.ts';

export type StubRequest = { method: string; path: string; params: URLSearchParams; body: string };

export type TypesenseStub = {
  url: string;
  apiKey: string;
  /** All requests so far, newest last. */
  requests: StubRequest[];
  /** The reaction to requests: a normal response, none, a server error, or nonsense. */
  mode: 'ok' | 'hang' | 'fail' | 'garble';
  /** Documents that imports refuse. */
  refused: (document: { id: string }) => boolean;
  close(): Promise<void>;
};

/**
 * A small Typesense in memory, for tests of the driver: the endpoints that it uses, with answers in the shape of the
 * specification and searches that follow the parameters as the server's documentation describes them. It is our reading
 * of Typesense, no proof of it.
 */
export async function startTypesenseStub(options: { port?: number } = {}): Promise<TypesenseStub> {
  const apiKey = 'stub-key';
  const requests: StubRequest[] = [];
  const stub = { mode: 'ok' as TypesenseStub['mode'], refused: (_: { id: string }) => false };
  const answer = createStubRoutes({ isRefused: (document) => stub.refused(document) });
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://stub');
    const asked = {
      method: request.method ?? 'GET',
      path: url.pathname,
      params: url.searchParams,
      body: await read(request),
    };
    requests.push(asked);
    if (stub.mode === 'hang') return;
    const send = ({ status, body, type = 'application/json; charset=utf-8' }: Answer) => {
      response.writeHead(status, { 'content-type': type });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    if (stub.mode === 'garble') return send({ status: 200, body: {} });
    if (stub.mode === 'fail') return send({ status: 503, body: { message: 'Not Ready or Lagging' } });
    if (asked.path !== '/health' && request.headers['x-typesense-api-key'] !== apiKey) {
      return send({ status: 401, body: { message: 'Forbidden - a valid `x-typesense-api-key` header must be sent.' } });
    }
    send(answer(asked));
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(stub, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
