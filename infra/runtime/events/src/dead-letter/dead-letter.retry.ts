import { headers } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { ensureServiceStreams, isNotFound } from '#bus/streams.ts';
import { listDeadLetters } from '#dead-letter/dead-letter.list.ts';
import type { DeadLetter, DeadLetterFilter } from '#dead-letter/dead-letter.ts';

/**
 * Sends dead letters again; answers with those sent. An event goes to `retry.<durable>`, which only the consumer that gave it up reads: under
 * its own subject everyone would get it once more. A letter stays listed until that consumer has handled it, so that NATS may be emptied
 * meanwhile. What is no longer in its stream stays listed, too: it cannot be sent.
 */
export async function retryDeadLetters(bus: EventBus, filter: DeadLetterFilter = {}): Promise<DeadLetter[]> {
  await ensureServiceStreams(bus);
  const sent: DeadLetter[] = [];
  for (const letter of await listDeadLetters(bus, filter)) {
    if (!letter.message) continue;
    const { durable, key, failedAt, resentAt } = letter;
    const fields = headers();
    if (letter.event?.traceparent) fields.set('traceparent', letter.event.traceparent);
    await bus.js.publish(bus.subject(`retry.${durable}`), letter.message, {
      // Two operators who retry at once send it once.
      msgID: `retry.${durable}.${key}.${(resentAt ?? failedAt).getTime()}`,
      headers: fields,
    });
    if (letter.stream) await bus.deadLetters.markResent(durable, key, failedAt);
    for (const sequence of letter.advisories) await deleteAdvisory(bus, sequence);
    sent.push(letter);
  }
  return sent;
}

async function deleteAdvisory(bus: EventBus, sequence: number): Promise<void> {
  await bus.jsm.streams.deleteMessage(bus.streamName('exhausted'), sequence).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}
