import { TimeoutError, withTimeout } from '@tintype/bounds';
import { registry } from '@tintype/telemetry';
import { type FastifyInstance, fastify } from 'fastify';
import { type Listen, listenOn } from './listen.ts';

/** State by part: `ok`, or what is wrong with it. */
export type Ready = () => Promise<Record<string, string>>;

const READY_TIMEOUT_MS = 1_000;

/**
 * `/healthz`: the process runs. `/readyz`: it can serve, with the state of each part that it needs. `/metrics`: for Prometheus.
 *
 * A process that is about to end is not ready. Any other one is unless nothing that it needs answers. A part that is away is away for all processes alike: if each of them
 * then called itself unready, a balancer would have nobody left to send the requests to that do not need the part.
 */
export function addHealth(app: FastifyInstance, ready: Ready, process: { readonly isDraining: boolean }): void {
  const readyOnce = shared(() => within(ready, READY_TIMEOUT_MS));
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

/** Those who ask while an answer is being worked out get the same one: many askers cost no more than one. */
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
  /** From now on `/readyz` says 503: nothing new should be sent to this process. */
  drain(): void;
  close(): Promise<void>;
};

/** Health and metrics of a process, at an address of their own that is not for the public. */
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
