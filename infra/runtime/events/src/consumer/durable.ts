import { AckPolicy, type ConsumerInfo, DeliverPolicy, nanos } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { isNotFound } from '#bus/streams.ts';

export const ACK_WAIT_MS = 30_000;

export type Durable = { stream: string; name: string; filter: string; maxDeliver: number };

/**
 * Makes the durable consumer where it is missing (it then starts with the oldest message), corrects its settings, and makes it
 * anew where it claims to have delivered more than the stream holds: it outlived a stream that lost its end, and would
 * skip what is stored there next.
 */
export async function ensureDurable(bus: EventBus, durable: Durable): Promise<ConsumerInfo> {
  const { stream, name, filter, maxDeliver } = durable;
  const config = {
    durable_name: name,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ACK_WAIT_MS),
    max_deliver: maxDeliver,
    max_ack_pending: 2000,
  };
  const found = await findDurable(bus, durable);
  if (!found) return bus.jsm.consumers.add(stream, config);
  const { state } = await bus.jsm.streams.info(stream);
  if (found.delivered.stream_seq > state.last_seq || found.config.filter_subject !== filter) {
    await bus.jsm.consumers.delete(stream, name);
    return bus.jsm.consumers.add(stream, config);
  }
  const { max_deliver, max_ack_pending } = config;
  if (found.config.max_deliver === max_deliver && found.config.max_ack_pending === max_ack_pending) return found;
  return bus.jsm.consumers.update(stream, name, { max_deliver, max_ack_pending });
}

/** Null where the stream or the consumer does not exist. */
export async function findDurable(bus: EventBus, { stream, name }: Durable): Promise<ConsumerInfo | null> {
  return bus.jsm.consumers.info(stream, name).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
}
