import { rm } from 'node:fs/promises';
import { registry } from '@tintype/telemetry';
import { type FastifyInstance, fastify } from 'fastify';

/** A port of an address (0: any free one), or the path of a Unix socket. */
export type Listen = { host: string; port: number } | { socketPath: string };

/** State by part: `ok`, or what is wrong with it. */
export type Ready = () => Promise<Record<string, string>>;

/** `/healthz`: the process runs. `/readyz`: what it needs answers. `/metrics`: for Prometheus. */
export function addHealth(app: FastifyInstance, ready: Ready): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const parts = await ready();
    const ok = Object.values(parts).every((state) => state === 'ok');
    return reply
      .code(ok ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(parts);
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}

/** @returns the address as `createHttpClient` takes it */
export async function listenOn(app: FastifyInstance, listen: Listen): Promise<string> {
  if (!('socketPath' in listen)) return app.listen(listen);
  await rm(listen.socketPath, { force: true });
  await app.listen({ path: listen.socketPath });
  return `unix:${listen.socketPath}`;
}

/** Health and metrics of a process that serves nothing else, such as one of workers. */
export async function serveHealth(options: { listen: Listen; ready: Ready }): Promise<{ close(): Promise<void> }> {
  const app = fastify({ forceCloseConnections: true });
  addHealth(app, options.ready);
  await listenOn(app, options.listen);
  return { close: () => app.close() };
}
