import { TimeoutError, withTimeout } from '@tintype/bounds';
import { registry } from '@tintype/telemetry';
import { type FastifyInstance, fastify } from 'fastify';
import { type Listen, listenOn } from './listen.ts';
import { READY_TIMEOUTS } from './timeouts.ts';

/** The state of each part: `ok`, or what is wrong. */
export type Ready = () => Promise<Record<string, string>>;

/**
 * `/healthz`: the process runs. `/readyz`: it can serve, with the state of each part that it needs. `/metrics`: for
 * Prometheus.
 *
 * A process that is about to shut down is not ready. Otherwise it is ready unless none of its parts responds. If one
 * part is unavailable, it is so for all processes alike: if all of them became unready, a balancer could not send
 * requests that do not need the part to any of them.
 */
export function addHealth(app: FastifyInstance, ready: Ready, process: { readonly isDraining: boolean }): void {
  const readyOnce = shared(() => within(ready, READY_TIMEOUTS.processMs));
  const metricsOnce = shared(() => registry.metrics());
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const parts = process.isDraining ? { process: 'draining' } : await readyOnce();
    const states = Object.values(parts);
    const isReady = states.length === 0 || states.includes('ok');
    return reply
      .code(isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(parts);
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await metricsOnce()));
}

/** Concurrent callers share one check, so many of them cost no more than one. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function within(ready: Ready, ms: number): Promise<Record<string, string>> {
  try {
    return await withTimeout(ready, { ms });
  } catch (error) {
    const isTimeout = error instanceof TimeoutError;
    return { process: isTimeout ? `the parts did not answer within ${ms} ms` : 'the parts could not be asked' };
  }
}

export type Health = {
  url: string;
  /** From now on `/readyz` returns 503, so that nothing new is sent to this process. */
  drain(): void;
  close(): Promise<void>;
};

/** The health and metrics of a process, at an address that is not public. */
export async function serveHealth(options: { listen: Listen; ready: Ready }): Promise<Health> {
  const app = fastify({ forceCloseConnections: true, requestTimeout: 5_000 });
  const state = { isDraining: false };
  addHealth(app, options.ready, state);
  return {
    url: await listenOn(app, options.listen),
    drain() {
      state.isDraining = true;
    },
    close: () => app.close(),
  };
}
