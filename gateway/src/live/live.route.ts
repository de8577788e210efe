import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLSchema, getVariableValues } from 'graphql';
import { unauthenticated } from '#auth/authenticator.ts';
import { GatewayError } from '#errors/errors.ts';
import type { Admission } from '#server/admission.ts';
import { corsHeadersOf } from '#server/cors.ts';
import { refuseOtherMethods } from '#server/methods.ts';
import type { PersistedQueries } from '#server/persisted-queries.ts';
import { presentError } from '#server/presentation.plugin.ts';
import { COMPLETE, EVENT_STREAM_HEADERS, next } from './event-stream.ts';
import { LIVE_LIMITS } from './live.limits.ts';
import type { Live } from './live.ts';
import { readPosition } from './position.ts';
import type { SubscriptionDocument, SubscriptionDocuments } from './subscription-document.ts';
import type { RequireSubscriptionScopes } from './subscription-scopes.ts';

const ALLOWED = 'GET, POST';
const MAX_ERRORS = 3;

/**
 * `/events`: a subscription as server-sent events, in the distinct connections mode of graphql-sse. A client without
 * permission gets a status code. Errors of the document are sent as an event, as the protocol requires.
 */
export async function liveRoute(
  app: FastifyInstance,
  deps: {
    live: Live;
    admit: Admission;
    documents: SubscriptionDocuments;
    persisted: PersistedQueries;
    schema: GraphQLSchema;
    requireScopes: RequireSubscriptionScopes;
    hideSuggestions: boolean;
  },
): Promise<void> {
  const { live, admit, documents, persisted, schema, requireScopes, hideSuggestions } = deps;
  app.addHook('preClose', () => live.close());
  app.route({
    method: ['GET', 'POST'],
    url: '/events',
    exposeHeadRoute: false,
    bodyLimit: LIVE_LIMITS.bodyBytes,
    // Headers for browsers are written once, rather than kept for each connection.
    helmet: false,
    async handler(request, reply) {
      checkAccept(request);
      const { viewer, expiresAt, asked, operation, tokens } = await admit(request);
      if (!viewer) throw unauthenticated('Log in and send the access token as a bearer token.');
      const { query, operationName, variables, hash } = asked;
      if (operation && !operation.isSubscription)
        throw new GatewayError('BAD_REQUEST', 'Only subscriptions are served here: send this operation to /graphql.');
      const headers = { ...corsHeadersOf(reply), ...EVENT_STREAM_HEADERS, 'x-request-id': request.id };
      const document = documents.prepare(query, operationName);
      if (!('query' in document)) return refuse(reply, headers, document, hideSuggestions);
      // Nothing runs that admission has not measured.
      if (!operation) throw new GatewayError('BAD_REQUEST', 'The document has no operation.');
      requireScopes(viewer, document.source.field);
      if (hash !== undefined) persisted.register(hash, query);
      const coerced = getVariableValues(schema, document.variables, variables, { maxErrors: MAX_ERRORS });
      if (coerced.errors) return refuse(reply, headers, coerced.errors.map(asInputError), hideSuggestions);
      const { source } = document;
      const subject = source.subjectOf(viewer, document.argumentsOf(coerced.coerced));
      const position = readPosition(request, source, subject);
      const listener = { viewer, expiresAt, document, subject, variables: declared(document, variables), tokens };
      await live.open(reply.raw, headers, listener, position);
      return reply.hijack();
    },
  });
  refuseOtherMethods(app, '/events', `Listen by ${ALLOWED}.`, ALLOWED);
}

function checkAccept({ headers }: FastifyRequest): void {
  const { accept = '*/*' } = headers;
  if (/text\/event-stream|text\/\*|\*\/\*/.test(accept)) return;
  throw new GatewayError('NOT_ACCEPTABLE', 'Events are sent as text/event-stream. Accept it.');
}

/** A stream with only these errors. */
function refuse(
  reply: FastifyReply,
  headers: Record<string, string>,
  errors: readonly GraphQLError[],
  hideSuggestions: boolean,
): FastifyReply {
  const result = { errors: errors.map((error) => presentError(error.toJSON(), { hideSuggestions })) };
  return reply.headers(headers).send(next(result) + COMPLETE);
}

function asInputError(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, { nodes: error.nodes, extensions: { code: 'BAD_USER_INPUT' } });
}

/** Variables are kept as long as the connection, so undeclared ones are dropped. */
function declared(
  document: SubscriptionDocument,
  variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = document.variables.map(({ variable }) => variable.name.value).filter((name) => name in variables);
  return Object.fromEntries(names.map((name) => [name, variables[name]]));
}
