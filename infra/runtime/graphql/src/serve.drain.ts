import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** A process answers this with 204 while it takes calls, and with 503 if it is about to shut down. */
export const PROBE_PATH = '/alive';
/** On every response of a process that is about to shut down. */
export const DRAINING_HEADER = 'x-tintype-draining';

/**
 * How long callers are informed before new connections are refused. Frequent callers notice in time; others are refused
 * at most once.
 */
const NOTICE_MS = 400;

/** For bodies that had begun to arrive when new connections were refused. */
const BODY_MS = 3_000;
const LOOK_EVERY_MS = 50;

export type Drain = {
  readonly isDraining: boolean;
  drain(): Promise<void>;
};

/**
 * Shuts a server down without failing requests. For a moment it still responds and informs its callers, then it refuses
 * new connections, finishes what is running, and resolves. A connection ends with its current response, not with its
 * keep-alive. Connections without a complete request are cut, because Node waits for them without a timeout.
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
  /** @param bodiesUntil when the bodies that have begun must have arrived */
  const cut = (bodiesUntil: number) => {
    // Until then, requests may arrive on any of them.
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

/** Informs callers whether the process takes calls, in answers to probes and with each response. */
export function addProbe(app: FastifyInstance, drain: Drain): void {
  app.get(PROBE_PATH, async (_request, reply) => reply.code(drain.isDraining ? 503 : 204).send());
  app.addHook('onSend', async (_request, reply) => {
    if (drain.isDraining) reply.header(DRAINING_HEADER, 'true');
  });
}
