import type { EventBus } from '#bus/bus.ts';
import { isNotFound } from '#bus/streams.ts';
import type { Owner } from '#event.ts';

/**
 * What the relay tells NATS before it publishes, and whenever it looks at its stream. The number grows first in the database, after the rows
 * that it is about to publish: a database that lacks one of them has a lower number than NATS, and is an older copy. That is so after a backup
 * was restored, and where a replica takes over that had not everything.
 */
export type Mark = {
  number: bigint;
  /** The highest place in the outbox that was told. */
  position: bigint;
};

const NONE: Mark = { number: 0n, position: 0n };
const FORM = /^(\d{1,18}) (\d{1,18})$/;

/** The mark that NATS knows. */
export async function readMark(bus: EventBus, owner: Owner): Promise<Mark> {
  const request = { last_by_subj: bus.subject(`mark.${owner}`) };
  const stored = await bus.jsm.streams.getMessage(bus.streamName('marks'), request).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
  const parts = FORM.exec(stored?.string() ?? '');
  return parts ? { number: BigInt(parts[1]!), position: BigInt(parts[2]!) } : NONE;
}

/** The stream is there: see `ensureMarks`. */
export async function writeMark(bus: EventBus, owner: Owner, { number, position }: Mark): Promise<void> {
  await bus.js.publish(bus.subject(`mark.${owner}`), `${number} ${position}`, {
    expect: { streamName: bus.streamName('marks') },
  });
}
