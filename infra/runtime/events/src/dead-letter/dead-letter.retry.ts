import { headers } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { ensureServiceStreams, isNotFound } from '#bus/streams.ts';
import { listDeadLetters } from '#dead-letter/dead-letter.list.ts';
import type { DeadLetter, DeadLetterFilter } from '#dead-letter/dead-letter.ts';

/**
 * Sends dead letters again. An event goes to `retry.<durable>`, which only the consumer that failed reads, because
 * under its own subject every consumer would get it again. A letter stays listed until the consumer has handled it, so
 * it survives the loss of NATS. A message that is no longer in its stream cannot be sent, and stays listed as well.
 *
 * @returns the letters that were sent
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
      // If two operators retry at the same time, it is sent once.
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
