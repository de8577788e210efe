import type { SeqMsgRequest } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { isNotFound } from '#bus/streams.ts';
import { type DeadLetter, type DeadLetterFilter, keyOfMessage, parseEvent } from '#dead-letter/dead-letter.ts';

/**
 * All dead letters, oldest first: those that consumers wrote, and messages that the server stopped delivering because
 * each process crashed before it could write one.
 */
export async function listDeadLetters(bus: EventBus, filter: DeadLetterFilter = {}): Promise<DeadLetter[]> {
  const letters = new Map<string, DeadLetter>();
  for (const letter of await bus.deadLetters.list(filter)) letters.set(`${letter.durable} ${letter.key}`, letter);
  for await (const { sequence, data } of messagesOf(bus, bus.streamName('exhausted'))) {
    const letter = await toLetter(bus, JSON.parse(data) as ExhaustedAdvisory);
    if (!matches(letter, filter)) continue;
    const key = `${letter.durable} ${letter.key}`;
    const known = letters.get(key) ?? letter;
    known.advisories.push(sequence);
    letters.set(key, known);
  }
  return [...letters.values()];
}

function matches({ durable, event }: DeadLetter, filter: DeadLetterFilter): boolean {
  return (!filter.durable || durable === filter.durable) && (!filter.eventId || event?.id === filter.eventId);
}

/** The fields of io.nats.jetstream.advisory.v1.max_deliver that are read. */
type ExhaustedAdvisory = {
  stream: string;
  consumer: string;
  stream_seq: number;
  deliveries: number;
  timestamp: string;
};

async function toLetter(bus: EventBus, advisory: ExhaustedAdvisory): Promise<DeadLetter> {
  const message = await findMessage(bus, advisory.stream, advisory.stream_seq);
  return {
    durable: advisory.consumer,
    key: message ? keyOfMessage(message) : `${advisory.stream} ${advisory.stream_seq}`,
    stream: null,
    event: message && parseEvent(message),
    attempts: advisory.deliveries,
    reason: 'The server stopped delivering it, because its handler never answered.',
    failedAt: new Date(advisory.timestamp),
    resentAt: null,
    message,
    advisories: [],
  };
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

/** Every message of a stream, without deleted ones. A stream that does not exist has none. */
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

/** The first message at or after `seq`. The server supports this, but the client's types lack it. */
type NextMessageRequest = SeqMsgRequest & { next_by_subj: string };
