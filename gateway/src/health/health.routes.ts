import { addHealth, type Ready } from '@tintype/graphql';
import type { FastifyInstance } from 'fastify';

const READY_TIMEOUT_MS = 1_000;

/** `/healthz`, `/readyz` and `/metrics`. A part that does not say how it is within a second is not ready. */
export async function healthRoutes(app: FastifyInstance, deps: { ready: Ready }): Promise<void> {
  addHealth(app, () => readyWithin(deps.ready, READY_TIMEOUT_MS));
}

async function readyWithin(ready: Ready, ms: number): Promise<Record<string, string>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Record<string, string>>((resolve) => {
    timer = setTimeout(resolve, ms, { gateway: `the parts did not answer within ${ms} ms` });
  });
  const state = ready().catch(() => ({ gateway: 'the parts could not be asked' }));
  return Promise.race([state, late]).finally(() => clearTimeout(timer));
}
