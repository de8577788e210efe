import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Log, noteClockSkew } from '@tintype/telemetry';
import { IDENTITY_HEADER, IdentityTokenError, verifyIdentityToken } from '@tintype/viewer';
import { fastify } from 'fastify';
import { AddressError } from './address.error.ts';
import { createCallBulkhead } from './call-bulkhead.ts';
import { type Listen, listenOn } from './listen.ts';
import { addDrain, addProbe } from './serve.drain.ts';
import { addHealth, type Ready } from './serve.health.ts';
import type { Subgraph } from './subgraph.ts';

/**
 * The gateway limits what clients send. Its own requests, for example for the entities of a page of 100, are larger.
 */
const BODY_LIMIT = 2 * 1024 * 1024;

/** The number of concurrent calls from all callers. */
const SERVED = { all: 256, mutations: 128 };

type Body = { query: string; operationName?: string; variables?: Record<string, unknown> };

const bodySchema = {
  type: 'object',
  required: ['query'],
  properties: {
    query: { type: 'string' },
    operationName: { type: 'string', nullable: true },
    variables: { type: 'object', nullable: true, additionalProperties: true },
  },
} as const;

/**
 * Serves a subgraph to the gateway and to other subgraphs. A request without a valid identity token gets 401 and
 * nothing else.
 *
 * @returns the address as `createHttpClient` takes it
 */
export async function serveSubgraph(options: {
  subgraph: Subgraph;
  secret: string;
  listen: Listen;
  ready: Ready;
  log: Log;
}): Promise<{ url: string; close(): Promise<void> }> {
  const { subgraph, secret, listen, ready, log } = options;
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    // During a shutdown, requests on open connections are still answered.
    return503OnClosing: false,
  });

  const bulkhead = createCallBulkhead(SERVED);

  app.post<{ Body: Body }>('/graphql', { schema: { body: bodySchema } }, async (request, reply) => {
    const header = request.headers[IDENTITY_HEADER];
    const aborted = new AbortController();
    reply.raw.once('close', () => reply.raw.writableEnded || aborted.abort());
    try {
      const given = header?.startsWith('Bearer ') ? header.slice('Bearer '.length) : undefined;
      const identity = verifyIdentityToken(given, subgraph.name, secret, Date.now(), (ms) =>
        noteClockSkew('caller', ms),
      );
      const isMutation = identity.operation === 'mutation';
      return await bulkhead.run(isMutation, async () => {
        if (identity.deadline !== undefined && identity.deadline <= performance.now())
          throw new AddressError('busy', 'got the call after its deadline');
        if (isMutation) {
          // A process that was frozen first reads what was sent in the meantime. It learns that the caller hung up in
          // the next turn at the latest.
          await nextTurn();
          await nextTurn();
          const { socket } = request.raw;
          if (socket.destroyed || socket.readableEnded)
            throw new AddressError('busy', 'got the call after its caller hung up');
        }
        return await subgraph.execute({ ...request.body, identity, signal: aborted.signal });
      });
    } catch (error) {
      if (error instanceof AddressError) return reply.code(503).header('retry-after', '1').send();
      if (!(error instanceof IdentityTokenError)) throw error;
      log.warn({ reason: error.message }, 'A request without a valid identity token was refused.');
      return reply.code(401).send({ errors: [{ message: 'An identity token of this platform is needed.' }] });
    }
  });
  const drain = addDrain(app);
  addProbe(app, drain);
  addHealth(app, ready, drain);

  return { url: await listenOn(app, listen), close: drain.drain };
}
