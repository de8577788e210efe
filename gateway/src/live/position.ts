import { parseId, timestampOf } from '@tintype/ids';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '#errors/errors.ts';

/** By how much the clock of a process that makes ids may be ahead of ours. */
const CLOCK_TOLERANCE_MS = 300_000;

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
  if (typeof text === 'string' && (text === '0' || isPast(parseId(text)))) return text;
  throw new GatewayError('BAD_EVENT_ID', 'The last event id is not one of an event that was sent.');
}

/** Nothing would be sent after an id of the future until that moment. */
function isPast(id: bigint | null): boolean {
  return id !== null && timestampOf(id) <= Date.now() + CLOCK_TOLERANCE_MS;
}
