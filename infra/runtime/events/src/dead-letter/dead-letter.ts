import type { EventBus } from '#bus/bus.ts';
import type { Delivery } from '#consumer/delivery.ts';

/** What is stored under `dead.<durable>`. */
export type DeadLetterRecord = {
  durable: string;
  /** Stream and sequence of the message that could not be handled; names as in NATS. */
  stream: string;
  streamSequence: number;
  deliveries: number;
  reason: string;
  /** RFC 3339 */
  failedAt: string;
  /** The message as it was, base64: it need not be an event, nor JSON. */
  message: string;
};

/** Stores a dead letter and waits for the acknowledgement. A repeat for the same message is dropped by the stream. */
export async function buryDelivery(bus: EventBus, durable: string, delivery: Delivery, error: unknown): Promise<void> {
  const { stream, sequence, attempt, bytes } = delivery;
  const record: DeadLetterRecord = {
    durable,
    stream,
    streamSequence: sequence,
    deliveries: attempt,
    reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    failedAt: new Date().toISOString(),
    message: Buffer.from(bytes).toString('base64'),
  };
  await bus.js.publish(bus.subject(`dead.${durable}`), JSON.stringify(record), {
    msgID: `dead.${durable}.${stream}.${sequence}`,
  });
}
