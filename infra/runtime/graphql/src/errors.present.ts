import { counter, isOutage, type Log } from '@tintype/telemetry';
import { STORE_ERRORS, StoreError } from '@tintype/viewer';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { clientErrorOf, SubgraphError } from './client.ts';
import { MASKED_MESSAGE, RequestError } from './errors.ts';

const storeErrors = counter('tintype_store_errors_total', 'Fields that failed because of a store', ['code']);

/**
 * Turns errors into those that a client may see: its own mistakes by their code, and unavailable parts as such. All
 * others are masked and logged, so that no stack, SQL or host name leaves the process.
 */
export function presentErrors(result: ExecutionResult, asked: Asked): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => present(error, asked)) };
}

/** `signal` is aborted when the caller no longer waits for the response. */
type Asked = { log: Log; requestId: string; signal?: AbortSignal | undefined };

function present(error: GraphQLError | Error, { log, requestId, signal }: Asked): GraphQLError {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  const { path } = error instanceof GraphQLError ? error : {};
  if (cause instanceof RequestError) {
    return new GraphQLError(cause.message, { path, extensions: { code: cause.code } });
  }
  if (cause instanceof StoreError) {
    // Counted rather than logged, because every request fails while a store is unavailable.
    storeErrors.inc({ code: cause.code });
    return new GraphQLError(cause.message, { path, extensions: { code: cause.code } });
  }
  if (error instanceof GraphQLError && !cause) {
    return new GraphQLError(error.message, { path, extensions: { code: 'BAD_USER_INPUT', ...error.extensions } });
  }
  const details = { requestId, path: path?.join('.') };
  if (cause instanceof SubgraphError && cause.code !== 'FAILED') {
    // A call whose caller has gone is not worth a log line.
    if (cause.code !== 'ABANDONED')
      log.warn({ ...details, reason: cause.message }, 'A resolver failed, because another subgraph did not respond.');
    const { code, message } = clientErrorOf(cause.code);
    return new GraphQLError(message, { path, extensions: { code } });
  }
  if (!signal?.aborted) log.error({ error: cause ?? error, ...details }, 'A resolver failed.');
  if (isOutage(cause)) {
    return new GraphQLError(STORE_ERRORS.UNAVAILABLE, { path, extensions: { code: 'UNAVAILABLE' } });
  }
  return new GraphQLError(MASKED_MESSAGE, { path, extensions: { code: 'INTERNAL_SERVER_ERROR' } });
}
