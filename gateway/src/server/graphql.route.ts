import type { IncomingHttpHeaders } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { histogram } from '@tintype/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, parse } from 'graphql';
import { GatewayError } from '#errors/errors.ts';
import { networkOf } from '#limits/address.rules.ts';
import { createConcurrencyLimiter, type Slot } from '#limits/concurrency.ts';
import { QUERY_LIMITS } from '#limits/limits.ts';
import type { PasswordQueue } from '#limits/password-queue.ts';
import type { Admission } from './admission.ts';
import type { RequestContext } from './context.ts';
import { refuseCrossSite } from './cross-site.ts';
import { withDeadline } from './deadline.ts';
import { documentStatus } from './error-response.ts';
import { mediaTypeFor } from './media-type.rules.ts';
import { refuseOtherMethods } from './methods.ts';

const ALLOWED = 'GET, POST';

/** `/graphql`: refused early if the process is overloaded, then admitted, then run within its deadline. */
export async function graphqlRoute(
  app: FastifyInstance,
  deps: {
    apollo: ApolloServer<RequestContext>;
    admit: Admission;
    passwords: PasswordQueue;
    timeoutMs: number;
    origins: readonly string[];
    /** Whether there is an explorer to which browsers are redirected. */
    explorer: boolean;
  },
): Promise<void> {
  const { apollo, admit, passwords, timeoutMs, origins, explorer } = deps;
  const seconds = histogram('gateway_request_seconds', 'Time of a request to the graph', ['operation', 'status']);
  const concurrency = createConcurrencyLimiter();
  app.addHook('onClose', async () => concurrency.close());

  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    slot: Slot,
    onAdmitted: (kind: string) => void,
  ) => {
    const type = mediaTypeFor(request.headers.accept);
    // Checked before anything runs. Otherwise a mutation would be done although the client cannot accept the response.
    if (!type) throw new GatewayError('NOT_ACCEPTABLE', 'Answers are application/json: accept it.');
    refuseCrossSite(request, origins);
    const { viewer, asked, operation } = await admit(request);
    onAdmitted(operation?.isMutation ? 'mutation' : operation ? 'query' : 'none');
    if (!operation) throw documentError(asked.query);
    if (operation.isSubscription)
      throw new GatewayError('BAD_REQUEST', 'Subscriptions are server-sent events: listen at /events.');
    if (operation.isMutation && request.method === 'GET')
      throw new GatewayError('METHOD_NOT_ALLOWED', 'Send mutations by POST.', { allow: 'POST' });
    const { query, operationName, variables, hash } = asked;
    const idempotencyKey = operation.isMutation ? readIdempotencyKey(request.headers) : undefined;
    const network = networkOf(request.ip);
    const bounds = { ms: timeoutMs, isMutation: operation.isMutation };
    const run = async (signal: AbortSignal, deadline: number) => {
      const userAgent = request.headers['user-agent'];
      const acceptLanguage = request.headers['accept-language'];
      const client = { network, userAgent, acceptLanguage };
      const contextValue = { viewer, requestId: request.id, ...client, idempotencyKey, signal, deadline, hash };
      const { body, http } = await apollo.executeOperation({ query, operationName, variables }, { contextValue });
      if (body.kind !== 'single') throw new Error('An answer came in parts.');
      const { errors, data } = body.singleResult;
      if (errors?.some(({ extensions }) => extensions?.code === 'OVERLOADED')) slot.overloaded();
      reply.code(documentStatus(type, http.status ?? 200)).type(`${type}; charset=utf-8`);
      // The specification recommends errors first, so that people who read the response see them.
      return JSON.stringify({ errors, data });
    };
    if (operation.passwords === 0) return withDeadline(reply, bounds, run);
    slot.moveOn();
    return passwords.run(network, operation.passwords, () => withDeadline(reply, bounds, run));
  };

  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    exposeHeadRoute: false,
    async handler(request, reply) {
      if (explorer && isVisit(request)) return reply.redirect('/graphiql');
      const slot = await concurrency.enter();
      let kind = 'refused';
      const stop = seconds.startTimer();
      reply.raw.once('close', () => stop({ operation: kind, status: String(reply.statusCode) }));
      reply.headers({ 'cache-control': 'no-store', 'x-request-id': request.id });
      try {
        return await answer(request, reply, slot, (admitted) => {
          kind = admitted;
        });
      } finally {
        slot.leave();
      }
    },
  });
  refuseOtherMethods(app, '/graphql', `Send operations by ${ALLOWED}.`, ALLOWED);
}

/** Whether a person opened the address in a browser, rather than a program. */
function isVisit({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers.accept?.includes('text/html') === true;
}

/** The error of a text in which no operation was found. */
function documentError(query: string): GatewayError {
  try {
    parse(query, { maxTokens: QUERY_LIMITS.tokens });
    return new GatewayError('OPERATION_RESOLUTION_FAILURE', 'The document has no operation.');
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return new GatewayError('GRAPHQL_PARSE_FAILED', error.message, {}, { locations: error.locations });
  }
}

/** An idempotency key: a structured string in quotes, as in the draft of the IETF, or without quotes. */
const IDEMPOTENCY_KEY = /^(?:"([!#-[\]-~]{8,255})"|([!#-[\]-~]{8,255}))$/;

/** @throws GatewayError BAD_IDEMPOTENCY_KEY */
function readIdempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  const match = IDEMPOTENCY_KEY.exec(String(header));
  if (match) return match[1] ?? match[2];
  throw new GatewayError(
    'BAD_IDEMPOTENCY_KEY',
    'An Idempotency-Key has 8 to 255 visible ASCII characters, such as a UUID.',
  );
}
