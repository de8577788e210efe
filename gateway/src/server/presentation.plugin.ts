import type { ApolloServerPlugin } from '@apollo/server';
import { MASKED_MESSAGE } from '@tintype/graphql';
import type { Log } from '@tintype/telemetry';
import { counter } from '@tintype/telemetry';
import type { GraphQLFormattedError } from 'graphql';
import { PASSED_CODES } from '#errors/errors.ts';
import type { RequestContext } from './context.ts';

/** More errors would not help a client, and could help an attacker. */
const MAX_ERRORS = 3;

/** The suggestions that graphql-js adds to messages about documents and variables, from names in the schema. */
const SUGGESTION = / ?Did you mean(.+?)\?/gs;

/**
 * Keeps the parts of an error that clients may see, and masks errors that were not written for them.
 *
 * @param options.hideSuggestions whether to leave out "Did you mean", which would reveal a schema that is not public
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

/**
 * Runs last on each response: limits the errors, adds a request id to those worth reporting, and removes extensions.
 * Logs masked errors.
 */
export function createPresentationPlugin(log: Log): ApolloServerPlugin<RequestContext> {
  const errorsTotal = counter('gateway_errors_total', 'Errors in answers of the graph', ['code']);
  return {
    async requestDidStart({ contextValue: { requestId } }) {
      return {
        async didEncounterErrors({ errors }) {
          for (const error of errors) {
            // Errors of subgraphs were logged where they happened.
            const known = PASSED_CODES.has(String(error.extensions.code)) || 'serviceName' in error.extensions;
            if (!known) log.error({ error, requestId }, 'The gateway failed to answer a request.');
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
