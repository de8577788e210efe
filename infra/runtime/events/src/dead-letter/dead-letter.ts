import { createHash } from 'node:crypto';
import { type Delivery, readEnvelope } from '#consumer/delivery.ts';
import { type EventEnvelope, type Owner, UnprocessableEventError } from '#event.ts';

/** What a consumer gave up. */
export type DeadLetter = {
  /** The consumer. */
  durable: string;
  /** See `keyOfMessage`. */
  key: string;
  /** Whose event it is; null where only the server tells of it. */
  stream: Owner | null;
  /** Null where the message is no event of ours, or is no longer in its stream. */
  event: EventEnvelope | null;
  tries: number;
  reason: string;
  failedAt: Date;
  /** When an operator sent it again; null where nobody did since it failed last. */
  resentAt: Date | null;
  /** The message as it was; null where it is no longer in its stream. */
  message: Uint8Array | null;
  /** Sequences in the stream `exhausted` that tell of it. */
  advisories: number[];
};

export type DeadLetterFilter = { durable?: string | undefined; eventId?: string | undefined };

/** The event's id; of what is no event a hash. So a message that was published again is the same letter. */
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

export type Burial = Pick<DeadLetter, 'durable' | 'key' | 'tries' | 'reason'> & { stream: Owner; message: Uint8Array };

const MAX_REASON = 2000;

export function toDeadLetter(
  durable: string,
  stream: Owner,
  { bytes }: Delivery,
  tries: number,
  error: unknown,
): Burial {
  // Postgres has no text with a zero byte.
  const reason = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replaceAll(
    '\0',
    '\ufffd',
  );
  return { durable, key: keyOfMessage(bytes), stream, tries, reason: reason.slice(0, MAX_REASON), message: bytes };
}
