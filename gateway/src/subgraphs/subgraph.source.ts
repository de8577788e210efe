import type { GraphQLDataSource } from '@apollo/gateway';
import {
  clientErrorOf,
  MASKED_MESSAGE,
  type SubgraphClient,
  SubgraphError,
  type SubgraphErrorCode,
} from '@tintype/graphql';
import { negotiateLanguage } from '@tintype/language';
import type { Log } from '@tintype/telemetry';
import { histogram } from '@tintype/telemetry';
import { subjectOf } from '@tintype/viewer';
import { PASSED_CODES } from '#errors/errors.ts';
import type { RequestContext } from '#server/context.ts';
import { deviceOf } from '#server/device.rules.ts';

/** The subgraph that stores the client's device with a session, and its language with a new account. */
const ACCOUNTS = 'user';

/** The parts of an error from a subgraph, in process or as JSON. */
type SubgraphErrorShape = {
  message: string;
  path?: readonly (string | number)[] | undefined;
  extensions?: Record<string, unknown> | undefined;
};

/**
 * Sends the gateway's query plans to one subgraph through the platform's own client, in process or over HTTP, on behalf
 * of the viewer. Errors of a subgraph that are not meant for clients are masked here.
 */
export function createSubgraphSource(
  name: string,
  client: Pick<SubgraphClient, 'execute'>,
  log: Log,
): GraphQLDataSource<RequestContext> {
  const seconds = histogram('gateway_fetch_seconds', 'Time of a fetch from a subgraph', ['subgraph', 'outcome']);
  return {
    async process(options) {
      if (!('incomingRequestContext' in options)) return { data: {} };
      const { request, context, incomingRequestContext } = options;
      const { viewer, network, userAgent, acceptLanguage, requestId, idempotencyKey, deadline } = context;
      const operation = incomingRequestContext.operation?.operation === 'mutation' ? 'mutation' : 'query';
      // Only mutations check passwords or are repeated.
      const ofClient = () =>
        name === ACCOUNTS ? { device: deviceOf(userAgent), language: negotiateLanguage(acceptLanguage) } : {};
      const ofMutation = operation === 'mutation' ? { network, idempotencyKey, ...ofClient() } : {};
      const stop = seconds.startTimer({ subgraph: name });
      try {
        const { data, errors } = await client.execute(name, {
          query: request.query ?? '',
          operationName: request.operationName,
          variables: request.variables,
          identity: {
            ...subjectOf(viewer),
            requestId,
            operation,
            deadline,
            ...ofMutation,
            ...(!viewer && { network }),
          },
          signal: context.signal,
        });
        stop({ outcome: errors?.length ? 'error' : 'ok' });
        return errors?.length ? { data: data ?? null, errors: errors.map(present) } : { data: data ?? null };
      } catch (error) {
        const code = codeOf(error);
        // The call has no recipient any more: the client has disconnected or got a timeout.
        const isAbandoned = code === 'ABANDONED' || context.signal.aborted;
        stop({ outcome: isAbandoned ? 'abandoned' : code === 'OVERLOADED' ? 'overloaded' : 'failed' });
        if (!isAbandoned) {
          log.error({ error, subgraph: name, requestId }, 'A request to a subgraph failed.');
        }
        return { data: null, errors: [code === 'FAILED' ? MASKED : unavailable(code)] };
      }
    },
  };
}

function codeOf(error: unknown): SubgraphErrorCode {
  return error instanceof SubgraphError ? error.code : 'FAILED';
}

function unavailable(reason: Exclude<SubgraphErrorCode, 'FAILED'>) {
  const { code, message } = clientErrorOf(reason);
  return { message, extensions: { code } };
}

const MASKED = { message: MASKED_MESSAGE, extensions: { code: 'INTERNAL_SERVER_ERROR' } };

function present({ message, path, extensions }: SubgraphErrorShape) {
  const code = extensions?.code;
  if (typeof code === 'string' && PASSED_CODES.has(code)) return { message, path, extensions: { code } };
  return { ...MASKED, path };
}
