import type { Log } from '@tintype/telemetry';
import { counter } from '@tintype/telemetry';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '#errors/errors.ts';

/** Answers with an error in the form of GraphQL over HTTP. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: GatewayError): FastifyReply {
  counter('gateway_refusals_total', 'Requests that were answered before they reached the graph', ['code']).inc({
    code: error.code,
  });
  const asGraphQL = request.headers.accept?.includes('application/graphql-response+json');
  return reply
    .code(error.status)
    .headers({ 'cache-control': 'no-store', ...error.headers })
    .type(asGraphQL ? 'application/graphql-response+json; charset=utf-8' : 'application/json; charset=utf-8')
    .send(JSON.stringify({ errors: [{ message: error.message, extensions: extensionsOf(request, error) }] }));
}

function extensionsOf(request: FastifyRequest, { code }: GatewayError): Record<string, string> {
  return code === 'INTERNAL_SERVER_ERROR' ? { code, requestId: request.id } : { code };
}

/** What went wrong before or beside the graph as an error for clients; what is unexpected is logged and masked. */
export function toGatewayError(error: FastifyError | GatewayError, request: FastifyRequest, log: Log): GatewayError {
  if (error instanceof GatewayError) return error;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new GatewayError('BODY_TOO_LARGE', 'the body is larger than is allowed here');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'send the request as application/json');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new GatewayError('BAD_REQUEST', 'the body is not JSON');
    // Of a Host header that is none: the address of the request is made with it.
    case 'ERR_INVALID_URL':
      return new GatewayError('BAD_REQUEST', 'the address of the request is not right');
  }
  if (error.statusCode && error.statusCode < 500) return new GatewayError('BAD_REQUEST', 'the request is not right');
  log.error({ error, requestId: request.id }, 'a request failed');
  return new GatewayError('INTERNAL_SERVER_ERROR', 'something went wrong on our side');
}
