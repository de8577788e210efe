import { parseId } from '@tintype/ids';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '#errors/errors.ts';

/**
 * The place to go on from: the header that an EventSource sends when it comes back, or `lastEventId` of the query string for those
 * that cannot send headers. Undefined for a client that starts.
 *
 * @throws GatewayError BAD_EVENT_ID
 */
export function readPosition(request: Pick<FastifyRequest, 'headers' | 'url'>): string | undefined {
  const header = request.headers['last-event-id'];
  const text = header ?? new URLSearchParams(request.url.split('?', 2)[1]).get('lastEventId');
  // An EventSource that was told nothing sends nothing, and some polyfills the empty string.
  if (text === null || text === '') return undefined;
  // 0 is the place of those to whom nothing ever happened.
  if (typeof text === 'string' && (text === '0' || parseId(text) !== null)) return text;
  throw new GatewayError('BAD_EVENT_ID', 'The last event id is not one of an event that was sent.');
}
