import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Answered with 204 by a process that takes calls, and with 503 by one that is about to end. */
export const PROBE_PATH = '/alive';
/** On every answer of a process that is about to end. */
export const DRAINING_HEADER = 'x-tintype-draining';

/** How long callers are told before nothing new is taken: those who call often hear of it, the others come to a closed door at most. */
const NOTICE_MS = 400;

/** For bodies that were begun to arrive, once nothing new is taken. */
const BODY_MS = 3_000;
const LOOK_EVERY_MS = 50;

export type Drain = {
  readonly isDraining: boolean;
  drain(): Promise<void>;
};

/**
 * Lets a server end without a request that fails: it answers on for a moment while those who ask learn that they should go elsewhere, then
 * takes nothing new, finishes what it has, and resolves. Connections end with the answer that is under way rather than with their keep-alive.
 * Those on which no request came, or half of one, are cut: Node waits for them, and looks at no time-outs once it closes.
 */
export function addDrain(app: FastifyInstance, noticeMs = NOTICE_MS): Drain {
  let isDraining = false;
  const connections = new Map<Socket, IncomingMessage | null>();
  app.server.on('connection', (socket: Socket) => {
    connections.set(socket, null);
    socket.once('close', () => connections.delete(socket));
  });
  app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    connections.set(socket, request);
    response.once('close', () => {
      if (connections.get(socket) === request) connections.set(socket, null);
    });
  });
  /** @param bodiesUntil by when the rest of what was begun must have come */
  const cut = (bodiesUntil: number) => {
    // Until then a request may come over any of them.
    if (app.server.listening) return;
    for (const [socket, request] of connections) {
      if (!request) socket.destroySoon();
      else if (!request.complete && performance.now() > bodiesUntil) socket.destroy();
    }
  };
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
      const bodiesUntil = performance.now() + BODY_MS;
      const cutting = setInterval(() => cut(bodiesUntil), LOOK_EVERY_MS);
      await app.close().finally(() => clearInterval(cutting));
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
