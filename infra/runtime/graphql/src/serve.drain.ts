import type { FastifyInstance } from 'fastify';

/** Answered with 204 by a process that takes calls, and with 503 by one that is about to end. */
export const PROBE_PATH = '/alive';
/** On every answer of a process that is about to end. */
export const DRAINING_HEADER = 'x-tintype-draining';

/** How long callers are told before nothing new is taken: those who call often hear of it, the others come to a closed door at most. */
const NOTICE_MS = 400;

export type Drain = {
  readonly isDraining: boolean;
  drain(): Promise<void>;
};

/**
 * Lets a server end without a request that fails: it answers on for a moment while those who ask learn that they should go elsewhere, then
 * takes nothing new, finishes what it has, and resolves. Connections end with the answer that is under way rather than with their keep-alive.
 */
export function addDrain(app: FastifyInstance, noticeMs = NOTICE_MS): Drain {
  let isDraining = false;
  app.addHook('onSend', async (_request, reply) => {
    if (isDraining) reply.header('connection', 'close');
  });
  const hasCallers = () =>
    new Promise<boolean>((resolve) => app.server.getConnections((_error, count) => resolve(count > 0)));
  return {
    get isDraining() {
      return isDraining;
    },
    async drain() {
      isDraining = true;
      if (await hasCallers()) await new Promise((resolve) => setTimeout(resolve, noticeMs));
      await app.close();
    },
  };
}

/** Tells callers whether the process takes calls, when they probe it and with each answer. */
export function addProbe(app: FastifyInstance, drain: Drain): void {
  app.get(PROBE_PATH, async (_request, reply) => reply.code(drain.isDraining ? 503 : 204).send());
  app.addHook('onSend', async (_request, reply) => {
    if (drain.isDraining) reply.header(DRAINING_HEADER, 'true');
  });
}
