import { SUBGRAPHS, type SubgraphName } from '@tintype/schema/subgraphs';
import { NatsError, nanos, RetentionPolicy, StorageType, type StreamConfig, type StreamInfo } from 'nats';
import type { EventBus } from '#bus/bus.ts';

const DAY_MS = 86_400_000;
/** How long an owner's stream keeps its messages. */
export const RETENTION_MS = 7 * DAY_MS;
const DUPLICATE_WINDOW_MS = 120_000;

type Wanted = Partial<StreamConfig> & { name: string; subjects: string[] };

/** Creates the stream of an owner if it is missing, or corrects its settings. @returns its state */
export async function ensureStream(bus: EventBus, owner: SubgraphName): Promise<StreamInfo> {
  return ensure(bus, {
    name: bus.streamName(owner),
    subjects: [bus.subject(`tintype.${owner}.>`)],
    max_age: nanos(RETENTION_MS),
    retention: RetentionPolicy.Limits,
  });
}

/** The stream of the relays' checkpoints. It keeps the last one of each relay. */
export async function ensureCheckpoints(bus: EventBus): Promise<StreamInfo> {
  return ensure(bus, {
    name: bus.streamName('checkpoints'),
    subjects: [bus.subject('checkpoint.>')],
    max_msgs_per_subject: 1,
    retention: RetentionPolicy.Limits,
  });
}

/**
 * Creates the streams that consumers need besides those of the owners: events that operators send again to one durable,
 * and advisories about messages that the server stopped delivering because their handler crashed each time.
 */
export async function ensureServiceStreams(bus: EventBus): Promise<void> {
  await Promise.all([
    ensure(bus, {
      name: bus.streamName('retry'),
      subjects: [bus.subject('retry.>')],
      max_age: nanos(7 * DAY_MS),
      retention: RetentionPolicy.Workqueue,
    }),
    ensure(bus, {
      name: bus.streamName('exhausted'),
      subjects: [...SUBGRAPHS, 'retry' as const].map(
        (name) => `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${bus.streamName(name)}.>`,
      ),
      max_age: nanos(7 * DAY_MS),
      retention: RetentionPolicy.Limits,
    }),
  ]);
}

/** Deletes all streams of this bus's namespace and their consumers, so that tests can clean up. */
export async function removeStreams(bus: EventBus): Promise<void> {
  for (const name of [...SUBGRAPHS, 'retry', 'exhausted', 'checkpoints'] as const) {
    await bus.jsm.streams.delete(bus.streamName(name)).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

async function ensure(bus: EventBus, wanted: Wanted): Promise<StreamInfo> {
  const config = {
    storage: StorageType.File,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    num_replicas: bus.replicas,
    ...wanted,
  };
  const found = await bus.jsm.streams.info(wanted.name).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
  if (!found) return bus.jsm.streams.add(config);
  const differs = (Object.keys(config) as (keyof typeof config)[]).some(
    (key) => JSON.stringify(found.config[key]) !== JSON.stringify(config[key]),
  );
  return differs ? bus.jsm.streams.update(wanted.name, { ...found.config, ...config }) : found;
}

/** JetStream's "stream not found" and "consumer not found". */
export function isNotFound(error: unknown): boolean {
  return error instanceof NatsError && error.api_error?.code === 404;
}
