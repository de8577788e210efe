import type { ApolloServerPlugin } from '@apollo/server';
import { MASKED_MESSAGE } from '@tintype/graphql';
import type { Log } from '@tintype/telemetry';
import { counter } from '@tintype/telemetry';
import type { GraphQLFormattedError } from 'graphql';
import { PASSED_CODES } from '#errors/errors.ts';
import type { RequestContext } from './context.ts';

/** More tell a client nothing, and tell an attacker much. */
const MAX_ERRORS = 3;

/** What graphql-js adds to messages, about documents and variables alike, from names that are in the schema. */
const SUGGESTION = / ?Did you mean(.+?)\?/gs;

/**
 * Keeps of an error what clients may see; masks those that were not written for them.
 *
 * @param options.hideSuggestions whether "Did you mean" is left out, which tells of a schema that is not public
 */
export function presentError(
  { message: whole, locations, path, extensions }: GraphQLFormattedError,
  { hideSuggestions }: { hideSuggestions: boolean },
): GraphQLFormattedError {
  const message = hideSuggestions ? whole.replace(SUGGESTION, '') : whole;
  const code = typeof extensions?.code === 'string' ? extensions.code : 'INTERNAL_SERVER_ERROR';
  const passed = PASSED_CODES.has(code);
  return {
    message: passed ? message : MASKED_MESSAGE,
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: { code: passed ? code : 'INTERNAL_SERVER_ERROR' },
  };
}

/** The last look at an answer: few errors, a request id on those to report to us, no extensions. Logs what was masked. */
export function createPresentationPlugin(log: Log): ApolloServerPlugin<RequestContext> {
  const errorsTotal = counter('gateway_errors_total', 'Errors in answers of the graph', ['code']);
  return {
    async requestDidStart({ contextValue: { requestId } }) {
      return {
        async didEncounterErrors({ errors }) {
          for (const error of errors) {
            // A subgraph's errors were logged where they happened.
            const known = PASSED_CODES.has(String(error.extensions.code)) || 'serviceName' in error.extensions;
            if (!known) log.error({ error, requestId }, 'the gateway failed at a request');
          }
        },
        async willSendResponse({ response }) {
          if (response.body.kind !== 'single') return;
          const result = response.body.singleResult;
          delete result.extensions;
          if (!result.errors) return;
          for (const { extensions } of result.errors) errorsTotal.inc({ code: String(extensions?.code) });
          result.errors = result.errors.slice(0, MAX_ERRORS).map((error) => withRequestId(error, requestId));
        },
      };
    },
  };
}

function withRequestId(error: GraphQLFormattedError, requestId: string): GraphQLFormattedError {
  if (error.extensions?.code !== 'INTERNAL_SERVER_ERROR') return error;
  return { ...error, extensions: { ...error.extensions, requestId } };
}
