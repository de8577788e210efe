import type { FastifyInstance } from 'fastify';

/** Answered with 204 by a process that takes calls, and with 503 by one that is about to end. */
export const PROBE_PATH = '/alive';
/** On every answer of a process that is about to end. */
export const DRAINING_HEADER = 'x-tintype-draining';

/** How long callers are told before nothing new is taken: those who call often hear of it, the others come to a closed door at most. */
const NOTICE_MS = 400;

/**
 * Lets a process end without a call that fails: it answers on while it tells its callers to go elsewhere, then takes nothing new, finishes
 * what it has, and resolves. Connections end with the answer that is under way rather than with their keep-alive.
 */
export function addDrain(app: FastifyInstance): { drain(): Promise<void> } {
  let draining = false;
  app.get(PROBE_PATH, async (_request, reply) => reply.code(draining ? 503 : 204).send());
  app.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close').header(DRAINING_HEADER, 'true');
  });
  const hasCallers = () =>
    new Promise<boolean>((resolve) => app.server.getConnections((_error, count) => resolve(count > 0)));
  return {
    async drain() {
      draining = true;
      if (await hasCallers()) await new Promise((resolve) => setTimeout(resolve, NOTICE_MS));
      await app.close();
    },
  };
}
