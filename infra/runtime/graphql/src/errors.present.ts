import { isOutage, type Log } from '@tintype/telemetry';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { RequestError } from './errors.ts';

/**
 * Turns errors into what a client may see: those that it caused, by their code; everything else masked and logged, so that
 * no stack, SQL or host name leaves the process.
 */
export function presentErrors(result: ExecutionResult, asked: Asked): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => present(error, asked)) };
}

type Asked = { log: Log; requestId: string };

function present(error: GraphQLError | Error, { log, requestId }: Asked): GraphQLError {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  const { path } = error instanceof GraphQLError ? error : {};
  if (cause instanceof RequestError) {
    return new GraphQLError(cause.message, { path, extensions: { code: cause.code } });
  }
  if (error instanceof GraphQLError && !cause) {
    return new GraphQLError(error.message, { path, extensions: { code: 'BAD_USER_INPUT', ...error.extensions } });
  }
  log.error({ error: cause ?? error, requestId, path: path?.join('.') }, 'a resolver failed');
  if (isOutage(cause)) {
    const message = 'Something that is needed for this is away. Try again later.';
    return new GraphQLError(message, { path, extensions: { code: 'UNAVAILABLE' } });
  }
  return new GraphQLError('something went wrong on our side', { path, extensions: { code: 'INTERNAL_SERVER_ERROR' } });
}
