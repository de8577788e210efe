import { MASKED_MESSAGE } from '@tintype/graphql';
import type { Log } from '@tintype/telemetry';
import { counter } from '@tintype/telemetry';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError, type GatewayErrorCode } from '#errors/errors.ts';
import { type MediaType, mediaTypeFor } from './media-type.rules.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Errors of a document in a well-formed request. */
const DOCUMENT_ERRORS: ReadonlySet<GatewayErrorCode> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
]);

/** Hooks do not run for requests that Fastify or Node cannot read, so refusals bring these along. */
export const REFUSAL_HEADERS = { ...SECURITY_HEADERS, 'cache-control': 'no-store' };

/** Sends an error in the format of GraphQL over HTTP. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: GatewayError): FastifyReply {
  countRefusal(error);
  const { code, status, headers } = error;
  const type = mediaTypeFor(request.headers.accept) ?? 'application/json';
  return reply
    .code(DOCUMENT_ERRORS.has(code) ? documentStatus(type, status) : status)
    .headers({ ...REFUSAL_HEADERS, ...headers })
    .type(`${type}; charset=utf-8`)
    .send(errorBody(error, request.id));
}

/** @param requestId shown with errors that are worth reporting */
export function errorBody({ code, message, locations, extensions: more }: GatewayError, requestId?: string): string {
  const extensions = { code, ...more, ...(code === 'INTERNAL_SERVER_ERROR' && { requestId }) };
  return JSON.stringify({ errors: [{ message, ...(locations && { locations }), extensions }] });
}

export function countRefusal({ code }: GatewayError): void {
  counter('gateway_refusals_total', 'Requests that were answered before they reached the graph', ['code']).inc({
    code,
  });
}

/**
 * The status of a response of the graph. The specification keeps 200 for `application/json` if only the document is
 * wrong, because clients of that media type take any other status for a failure of the transport.
 */
export function documentStatus(type: MediaType, status: number): number {
  return type === 'application/json' && status === 400 ? 200 : status;
}

export function nothingHere(): GatewayError {
  return new GatewayError('NOT_FOUND', 'There is nothing here. The graph is at /graphql.');
}

/** Turns an error before or outside the graph into one for clients. Unexpected errors are logged and masked. */
export function toGatewayError(error: FastifyError | GatewayError, request: FastifyRequest, log: Log): GatewayError {
  if (error instanceof GatewayError) return error;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new GatewayError('BODY_TOO_LARGE', `The body has more than ${request.routeOptions.bodyLimit / 1024} KB.`);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'Send the request as application/json.');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new GatewayError('BAD_REQUEST', 'The body is not as long as its Content-Length says.');
    case 'FST_ERR_BAD_URL':
      return new GatewayError('BAD_REQUEST', 'The path of the address has percent signs that encode no UTF-8.');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return nothingHere();
  }
  if (error.statusCode && error.statusCode < 500) return new GatewayError('BAD_REQUEST', 'The request is not right.');
  log.error({ error, requestId: request.id }, 'A request failed.');
  return new GatewayError('INTERNAL_SERVER_ERROR', MASKED_MESSAGE);
}
