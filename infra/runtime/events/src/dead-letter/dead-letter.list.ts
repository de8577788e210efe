import type { SeqMsgRequest } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { isNotFound } from '#bus/streams.ts';
import type { DeadLetterRecord } from '#dead-letter/dead-letter.ts';
import type { EventEnvelope } from '#event.ts';

export type DeadLetter = {
  /** Which consumer gave it up. */
  durable: string;
  /** Null where the message is no event of ours, or is no longer in its stream. */
  event: EventEnvelope | null;
  deliveries: number;
  reason: string;
  failedAt: Date;
  /** The message as it was; null where it is no longer in its stream. */
  message: Uint8Array | null;
  /** Where this is noted: stream and sequences of every note of the same message. */
  notes: { stream: string; sequence: number }[];
};

export type DeadLetterFilter = { durable?: string; eventId?: string };

/**
 * What consumers gave up, oldest first: the dead letters that they wrote, and the messages of which the server tells that
 * their deliveries ran out, where the process had crashed before it could write one.
 */
export async function listDeadLetters(bus: EventBus, filter: DeadLetterFilter = {}): Promise<DeadLetter[]> {
  const letters = new Map<string, DeadLetter>();
  for await (const { sequence, data } of messagesOf(bus, bus.streamName('dead'))) {
    const record = JSON.parse(data) as DeadLetterRecord;
    const message = Buffer.from(record.message, 'base64');
    note(letters, record, { stream: bus.streamName('dead'), sequence }, () => ({
      durable: record.durable,
      event: parseEvent(message),
      deliveries: record.deliveries,
      reason: record.reason,
      failedAt: new Date(record.failedAt),
      message,
      notes: [],
    }));
  }
  for await (const { sequence, data } of messagesOf(bus, bus.streamName('exhausted'))) {
    const advisory = JSON.parse(data) as ExhaustedAdvisory;
    const message = await findMessage(bus, advisory.stream, advisory.stream_seq);
    const record = { durable: advisory.consumer, stream: advisory.stream, streamSequence: advisory.stream_seq };
    note(letters, record, { stream: bus.streamName('exhausted'), sequence }, () => ({
      durable: advisory.consumer,
      event: message && parseEvent(message),
      deliveries: advisory.deliveries,
      reason: 'its deliveries ran out and its handler did not answer',
      failedAt: new Date(advisory.timestamp),
      message,
      notes: [],
    }));
  }
  return [...letters.values()].filter(
    ({ durable, event }) =>
      (!filter.durable || durable === filter.durable) && (!filter.eventId || event?.id === filter.eventId),
  );
}

/** The part that is read of io.nats.jetstream.advisory.v1.max_deliver. */
type ExhaustedAdvisory = {
  stream: string;
  consumer: string;
  stream_seq: number;
  deliveries: number;
  timestamp: string;
};

/** Both kinds of note can be there for one message: they are told as one. */
function note(
  letters: Map<string, DeadLetter>,
  { durable, stream, streamSequence }: Pick<DeadLetterRecord, 'durable' | 'stream' | 'streamSequence'>,
  place: DeadLetter['notes'][number],
  make: () => DeadLetter,
): void {
  const key = `${durable} ${stream} ${streamSequence}`;
  const letter = letters.get(key) ?? make();
  letter.notes.push(place);
  letters.set(key, letter);
}

function parseEvent(message: Uint8Array): EventEnvelope | null {
  try {
    const value = JSON.parse(Buffer.from(message).toString('utf8')) as EventEnvelope;
    return typeof value?.id === 'string' ? value : null;
  } catch {
    return null;
  }
}

async function findMessage(bus: EventBus, stream: string, seq: number): Promise<Uint8Array | null> {
  return bus.jsm.streams
    .getMessage(stream, { seq })
    .then((stored) => stored.data)
    .catch((error: unknown) => {
      if (isNotFound(error)) return null;
      throw error;
    });
}

/** Every message of a stream; deleted ones are stepped over by the server. A stream that does not exist has none. */
async function* messagesOf(bus: EventBus, stream: string): AsyncGenerator<{ sequence: number; data: string }> {
  for (let seq = 1; ; ) {
    const query: NextMessageRequest = { seq, next_by_subj: '>' };
    const stored = await bus.jsm.streams.getMessage(stream, query).catch((error: unknown) => {
      if (isNotFound(error)) return null;
      throw error;
    });
    if (!stored) return;
    yield { sequence: stored.seq, data: stored.string() };
    seq = stored.seq + 1;
  }
}

/** The first message at or after `seq`: the server understands it, the client's types do not know it. */
type NextMessageRequest = SeqMsgRequest & { next_by_subj: string };
