import { AckPolicy, type ConsumerInfo, DeliverPolicy, nanos } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { isNotFound } from '#bus/streams.ts';

/** For all processes of a durable together: each holds up to two batches, and the largest batches have 8,000 events. */
const MAX_ACK_PENDING = 40_000;

export type Durable = { stream: string; name: string; filter: string; maxDeliver: number; ackWaitMs: number };

/**
 * Creates the durable consumer if it is missing (it then starts with the oldest message), and corrects its settings. If
 * it has delivered more than the stream holds, it has outlived a stream that lost its end, and would skip what is
 * stored next. It is then created again.
 */
export async function ensureDurable(bus: EventBus, durable: Durable): Promise<ConsumerInfo> {
  const { stream, name, filter, maxDeliver, ackWaitMs } = durable;
  const config = {
    durable_name: name,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMs),
    max_deliver: maxDeliver,
    max_ack_pending: MAX_ACK_PENDING,
  };
  const found = await findDurable(bus, durable);
  if (!found) return bus.jsm.consumers.add(stream, config);
  const { state } = await bus.jsm.streams.info(stream);
  if (found.delivered.stream_seq > state.last_seq || found.config.filter_subject !== filter) {
    await bus.jsm.consumers.delete(stream, name);
    return bus.jsm.consumers.add(stream, config);
  }
  const { max_deliver, max_ack_pending, ack_wait } = config;
  const wanted = { max_deliver, max_ack_pending, ack_wait };
  const fits = (Object.keys(wanted) as (keyof typeof wanted)[]).every((key) => found.config[key] === wanted[key]);
  return fits ? found : bus.jsm.consumers.update(stream, name, wanted);
}

/** Null if the stream or the consumer does not exist. */
export async function findDurable(bus: EventBus, { stream, name }: Durable): Promise<ConsumerInfo | null> {
  return bus.jsm.consumers.info(stream, name).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
}
