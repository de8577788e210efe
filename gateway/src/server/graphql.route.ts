import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import underPressure from '@fastify/under-pressure';
import { histogram } from '@tintype/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '#errors/errors.ts';
import { CONCURRENT_REQUESTS, MAX_EVENT_LOOP_DELAY_MS } from '#limits/limits.ts';
import type { Admission } from './admission.ts';
import type { RequestContext } from './context.ts';
import { withDeadline } from './deadline.ts';

declare module 'fastify' {
  interface FastifyRequest {
    graph: RequestContext | null;
  }
}

const ALLOWED = 'GET, POST';

/** `/graphql`: refused early where the process has too much to do, then admitted, then run within its time. */
export async function graphqlRoute(
  app: FastifyInstance,
  deps: { apollo: ApolloServer<RequestContext>; admit: Admission; timeoutMs: number },
): Promise<void> {
  const { apollo, admit, timeoutMs } = deps;
  const seconds = histogram('gateway_request_seconds', 'Time of a request to the graph', ['operation', 'status']);
  let running = 0;

  await app.register(underPressure, {
    maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
    pressureHandler: () => {
      throw overloaded();
    },
  });
  app.decorateRequest('graph', null);
  const run = fastifyApolloHandler<RequestContext>(apollo, { context: async (request) => request.graph! });

  const answer = async (request: FastifyRequest, reply: FastifyReply, onAdmitted: (kind: string) => void) => {
    const { viewer, operation } = await admit(request);
    onAdmitted(operation?.isMutation ? 'mutation' : operation ? 'query' : 'none');
    if (operation?.isSubscription)
      throw new GatewayError('BAD_REQUEST', 'subscriptions are server-sent events: listen at /events');
    const limits = { ms: timeoutMs, isMutation: operation?.isMutation ?? false };
    return withDeadline(reply, limits, async (signal, deadline) => {
      request.graph = { viewer, requestId: request.id, signal, deadline };
      return run.call(app, request, reply);
    });
  };

  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    exposeHeadRoute: false,
    async handler(request, reply) {
      if (running >= CONCURRENT_REQUESTS) throw overloaded();
      running += 1;
      let kind = 'refused';
      const stop = seconds.startTimer();
      reply.raw.once('close', () => stop({ operation: kind, status: String(reply.statusCode) }));
      reply.headers({ 'cache-control': 'no-store', 'x-request-id': request.id });
      try {
        return await answer(request, reply, (admitted) => {
          kind = admitted;
        });
      } finally {
        running -= 1;
      }
    },
  });
  app.route({
    method: ['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/graphql',
    async handler() {
      throw new GatewayError('METHOD_NOT_ALLOWED', `send operations by ${ALLOWED}`, { allow: ALLOWED });
    },
  });
}

function overloaded(): GatewayError {
  return new GatewayError('OVERLOADED', 'the gateway has too much to do at the moment', { 'retry-after': '1' });
}
