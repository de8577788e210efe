import { headers } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { ensureServiceStreams, isNotFound } from '#bus/streams.ts';
import { type DeadLetter, type DeadLetterFilter, listDeadLetters } from '#dead-letter/dead-letter.list.ts';

/**
 * Sends dead letters again and forgets them; answers with those sent. An event goes to `retry.<durable>`, which only the
 * consumer that gave it up reads: under its own subject everyone would get it once more. What is no longer in its stream
 * stays listed: it cannot be sent.
 */
export async function retryDeadLetters(bus: EventBus, filter: DeadLetterFilter = {}): Promise<DeadLetter[]> {
  await ensureServiceStreams(bus);
  const sent: DeadLetter[] = [];
  for (const letter of await listDeadLetters(bus, filter)) {
    if (!letter.message) continue;
    const [place] = letter.notes;
    const fields = headers();
    if (letter.event?.traceparent) fields.set('traceparent', letter.event.traceparent);
    await bus.js.publish(bus.subject(`retry.${letter.durable}`), letter.message, {
      // Two operators who retry at once send it once.
      msgID: `retry.${place?.stream}.${place?.sequence}`,
      headers: fields,
    });
    for (const { stream, sequence } of letter.notes) {
      await bus.jsm.streams.deleteMessage(stream, sequence).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    }
    sent.push(letter);
  }
  return sent;
}
