import { GraphQLError, parse } from 'graphql';
import { GatewayError } from '#errors/errors.ts';
import { QUERY_LIMITS } from '#limits/limits.ts';

/** The error of a text in which no operation was found. */
export function documentError(query: string): GatewayError {
  try {
    parse(query, { maxTokens: QUERY_LIMITS.tokens });
    return new GatewayError('OPERATION_RESOLUTION_FAILURE', 'The document has no operation.');
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return new GatewayError('GRAPHQL_PARSE_FAILED', error.message, {}, error.locations);
  }
}
