import type { FastifyRequest } from 'fastify';
import { GatewayError } from '#errors/errors.ts';
import type { EventSource } from './event.source.ts';

/**
 * The version after which a client continues, from the ID of the last event that it received. An EventSource sends this
 * ID in a header when it connects again. Clients that cannot send headers send it as `lastEventId` in the query string.
 * Undefined for a client that sends no ID.
 *
 * @throws GatewayError BAD_EVENT_ID
 */
export function readPosition(
  request: Pick<FastifyRequest, 'headers' | 'url'>,
  source: EventSource,
  subject: string,
): string | undefined {
  const header = request.headers['last-event-id'];
  const text = header ?? new URLSearchParams(request.url.split('?', 2)[1]).get('lastEventId');
  // An EventSource without a last event sends no header, and some polyfills send an empty one.
  if (text === null || text === '') return undefined;
  const version = typeof text === 'string' ? source.versionOf(subject, text) : null;
  if (version === null)
    throw new GatewayError('BAD_EVENT_ID', 'The last event id is not one of an event that was sent.');
  return version;
}
