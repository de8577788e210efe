import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { GatewayError } from '#errors/errors.ts';
import { countRefusal, errorBody, REFUSAL_HEADERS } from './error-response.ts';

/**
 * Refuses what Node could not read as an HTTP request. There is no request to answer yet, so the response is written as
 * it is.
 */
export function refuseClientError(error: Error & { code: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const refusal = toRefusal(error.code);
  countRefusal(refusal);
  if (socket.writable) {
    const body = errorBody(refusal);
    const headers = {
      ...REFUSAL_HEADERS,
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('')}\r\n${body}`);
  }
  socket.destroy(error);
}

function toRefusal(code: string): GatewayError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new GatewayError('HEADERS_TOO_LARGE', 'The address and the headers have more than 16 KB.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new GatewayError('REQUEST_TIMEOUT', 'The request did not arrive in time.');
  }
  return new GatewayError('BAD_REQUEST', 'This is not an HTTP request.');
}
