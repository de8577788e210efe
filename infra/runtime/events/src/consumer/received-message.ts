import { type Msg, type NatsConnection, nanos } from 'nats';
import { type EventEnvelope, UnprocessableEventError } from '#event.ts';

/** A message from the server that has not been answered yet. */
export type ReceivedMessage = {
  instance: ConsumerInstance;
  stream: string;
  /** Position in the stream. */
  sequence: number;
  /** How often the server has sent it, from 1. */
  attempt: number;
  /** Messages of this consumer that wait in the stream. */
  pending: number;
  bytes: Uint8Array;
  ack(): void;
  /**
   * Asks the server to send it again after the pause. Rounded to whole milliseconds, because the server ignores a delay
   * with a fraction.
   */
  retry(delayMs: number): void;
  /** Asks the server not to send it again. */
  term(): void;
  working(): void;
};

/**
 * A durable from its creation to its deletion. A durable that is created again counts its sequences from the start, so
 * an answer to an earlier message would acknowledge another one. Answers for an instance that has ended are therefore
 * not sent.
 */
export type ConsumerInstance = { created: string; ended: boolean };

/**
 * The reply subject of a message contains its position and attempt:
 * `$JS.ACK.<stream>.<consumer>.<attempt>.<stream sequence>.<consumer sequence>.<time>.<pending>`, with domain and
 * account after `$JS.ACK` and a random token at the end on newer servers.
 */
export function toReceivedMessage(nc: NatsConnection, message: Msg, instance: ConsumerInstance): ReceivedMessage {
  const reply = message.reply ?? '';
  const tokens = reply.split('.');
  const from = tokens.length === 9 ? 2 : 4;
  const answer = (text: string) => {
    if (!instance.ended && !nc.isClosed()) nc.publish(reply, text);
  };
  return {
    instance,
    stream: tokens[from] ?? '',
    attempt: Number(tokens[from + 2]),
    sequence: Number(tokens[from + 3]),
    pending: Number(tokens[from + 6]),
    bytes: message.data,
    ack: () => answer('+ACK'),
    retry: (delayMs) => answer(`-NAK ${JSON.stringify({ delay: nanos(Math.round(delayMs)) })}`),
    term: () => answer('+TERM'),
    working: () => answer('+WPI'),
  };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

const ID = /^\d{1,19}$/;
/** RFC 3339, for years that both Postgres and JavaScript support. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** Consumers derive versions from sequences, with room for a position within an event. */
const LAST_SEQUENCE = 2n ** 53n;

/** @throws UnprocessableEventError if the message is not a valid event */
export function readEnvelope(bytes: Uint8Array): EventEnvelope {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw new UnprocessableEventError('The message is not JSON.', { cause: error });
  }
  if (!isEnvelope(value)) {
    throw new UnprocessableEventError(
      'The message is not an event: id, type, subject, time, sequence and an object as data are needed.',
    );
  }
  return value;
}

function isEnvelope(value: unknown): value is EventEnvelope {
  if (!isObject(value)) return false;
  const { id, type, subject, time, sequence, data } = value as Partial<EventEnvelope>;
  const isNumbered = isBelow(id, 2n ** 63n) && isBelow(sequence, LAST_SEQUENCE);
  const isNamed = [type, subject].every((text) => typeof text === 'string' && text !== '');
  const isTimed = typeof time === 'string' && TIME.test(time) && !Number.isNaN(Date.parse(time));
  return isNumbered && isNamed && isTimed && isObject(data);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBelow(text: unknown, end: bigint): boolean {
  return typeof text === 'string' && ID.test(text) && BigInt(text) < end;
}
