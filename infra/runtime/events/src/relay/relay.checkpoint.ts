import type { SubgraphName } from '@tintype/schema/subgraphs';
import type { EventBus } from '#bus/bus.ts';
import { isNotFound } from '#bus/streams.ts';

/**
 * Reveals an older copy of the database: a restored backup, or a replica that had fallen behind. A relay increments the
 * number before it publishes and whenever it checks its stream, first in the database and then in NATS. If the number
 * is higher in NATS, the database lacks rows that were published.
 */
export type Checkpoint = {
  number: bigint;
  /** The highest position in the outbox that was published. */
  position: bigint;
};

const NONE: Checkpoint = { number: 0n, position: 0n };
const FORM = /^(\d{1,18}) (\d{1,18})$/;

/** The checkpoint that is stored in NATS. */
export async function readCheckpoint(bus: EventBus, owner: SubgraphName): Promise<Checkpoint> {
  const request = { last_by_subj: bus.subject(`checkpoint.${owner}`) };
  const stored = await bus.jsm.streams.getMessage(bus.streamName('checkpoints'), request).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
  const parts = FORM.exec(stored?.string() ?? '');
  return parts ? { number: BigInt(parts[1]!), position: BigInt(parts[2]!) } : NONE;
}

/** Requires the stream: see `ensureCheckpoints`. */
export async function writeCheckpoint(
  bus: EventBus,
  owner: SubgraphName,
  { number, position }: Checkpoint,
): Promise<void> {
  await bus.js.publish(bus.subject(`checkpoint.${owner}`), `${number} ${position}`, {
    expect: { streamName: bus.streamName('checkpoints') },
  });
}
