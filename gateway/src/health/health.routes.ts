import { registry } from '@tintype/telemetry';
import type { FastifyInstance } from 'fastify';

/** State by part: `ok`, or what is wrong with it. */
export type Readiness = () => Promise<Record<string, 'ok' | string>>;

const READY_TIMEOUT_MS = 1_000;

/** `/healthz`: the process answers. `/readyz`: what it needs answers too. `/metrics`: for Prometheus. */
export async function healthRoutes(app: FastifyInstance, deps: { ready: Readiness }): Promise<void> {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const parts = await readyWithin(deps.ready, READY_TIMEOUT_MS);
    const ok = Object.values(parts).every((state) => state === 'ok');
    return reply
      .code(ok ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(parts);
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}

async function readyWithin(ready: Readiness, ms: number): Promise<Record<string, string>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Record<string, string>>((resolve) => {
    timer = setTimeout(resolve, ms, { gateway: `the parts did not answer within ${ms} ms` });
  });
  const state = ready().catch(() => ({ gateway: 'the parts could not be asked' }));
  return Promise.race([state, late]).finally(() => clearTimeout(timer));
}
