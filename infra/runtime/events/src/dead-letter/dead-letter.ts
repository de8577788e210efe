import { createHash } from 'node:crypto';
import type { SubgraphName } from '@tintype/schema/subgraphs';
import { type ReceivedMessage, readEnvelope } from '#consumer/received-message.ts';
import { type EventEnvelope, UnprocessableEventError } from '#event.ts';

/** A message that a consumer could not process. */
export type DeadLetter = {
  /** The consumer. */
  durable: string;
  /** See `keyOfMessage`. */
  key: string;
  /** The owner of the event; null if only a server advisory reports it. */
  stream: SubgraphName | null;
  /** Null if the message is not an event, or is no longer in its stream. */
  event: EventEnvelope | null;
  attempts: number;
  reason: string;
  failedAt: Date;
  /** When an operator sent it again; null if nobody has since it last failed. */
  resentAt: Date | null;
  /** The unchanged message; null if it is no longer in its stream. */
  message: Uint8Array | null;
  /** Sequences of its advisories in the stream `exhausted`. */
  advisories: number[];
};

export type DeadLetterFilter = { durable?: string | undefined; eventId?: string | undefined };

/** The event's id, or a hash if the message is not an event. A message that is published again has the same key. */
export function keyOfMessage(message: Uint8Array): string {
  try {
    return readEnvelope(message).id;
  } catch (error) {
    if (!(error instanceof UnprocessableEventError)) throw error;
    return `sha256:${createHash('sha256').update(message).digest('hex')}`;
  }
}

export function parseEvent(message: Uint8Array): EventEnvelope | null {
  try {
    const value = JSON.parse(Buffer.from(message).toString('utf8')) as EventEnvelope;
    return typeof value?.id === 'string' ? value : null;
  } catch {
    return null;
  }
}

export type NewDeadLetter = Pick<DeadLetter, 'durable' | 'key' | 'attempts' | 'reason'> & {
  stream: SubgraphName;
  message: Uint8Array;
};

const MAX_REASON = 2000;

export function toDeadLetter(
  durable: string,
  stream: SubgraphName,
  { bytes }: ReceivedMessage,
  attempts: number,
  error: unknown,
): NewDeadLetter {
  // Postgres does not store zero bytes in text.
  const reason = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replaceAll(
    '\0',
    '\ufffd',
  );
  return { durable, key: keyOfMessage(bytes), stream, attempts, reason: reason.slice(0, MAX_REASON), message: bytes };
}
