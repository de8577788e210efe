import type { SubgraphName } from '@tintype/schema/subgraphs';
import { headers, type PubAck } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { sourceOf } from '#event.ts';
import type { OutboxRow } from '#relay/relay.repository.ts';
import { holdsEvent, messageIdOf } from '#relay/stored-event.ts';

export type Published = {
  /** Rows that the stream acknowledged, with their sequences. */
  acked: { position: bigint; sequence: number }[];
  /** The first error. Later rows of the same subject were not published. */
  error?: unknown;
};

/**
 * Publishes rows and waits for the stream's acknowledgements: one after another for a subject, several subjects at the
 * same time.
 *
 * @param again ids of events that must be stored once more. Published ones are removed
 */
export async function publishRows(
  bus: EventBus,
  owner: SubgraphName,
  rows: readonly OutboxRow[],
  again: Set<string>,
): Promise<Published> {
  const published: Published = { acked: [] };
  const ofSubject = Map.groupBy(rows, (row) => row.subject);
  await Promise.all(
    [...ofSubject.values()].map(async (chain) => {
      try {
        for (const row of chain) {
          published.acked.push({
            position: row.position,
            sequence: await publishRow(bus, owner, row, again.has(row.id)),
          });
          again.delete(row.id);
        }
      } catch (error) {
        published.error ??= error;
      }
    }),
  );
  return published;
}

async function publishRow(bus: EventBus, owner: SubgraphName, row: OutboxRow, isAgain: boolean): Promise<number> {
  const ack = await publishAs(bus, owner, row, messageIdOf(row.id));
  // For two minutes, the server drops messages with an id that it knows, even if it has lost the message in the
  // meantime.
  if (!ack.duplicate || (!isAgain && (await holdsEvent(bus, bus.streamName(owner), ack.seq, row.id)))) return ack.seq;
  return (await publishAs(bus, owner, row, messageIdOf(row.id, ack.seq))).seq;
}

function publishAs(bus: EventBus, owner: SubgraphName, row: OutboxRow, msgID: string): Promise<PubAck> {
  const options = { msgID, expect: { streamName: bus.streamName(owner) } };
  return bus.js.publish(
    bus.subject(row.type),
    toEnvelope(owner, row),
    row.traceparent ? { ...options, headers: traced(row.traceparent) } : options,
  );
}

function traced(traceparent: string) {
  const fields = headers();
  fields.set('traceparent', traceparent);
  return fields;
}

/** An EventEnvelope as JSON. The data is inserted as Postgres returned it, without parsing. */
export function toEnvelope(owner: SubgraphName, row: OutboxRow): string {
  const head = JSON.stringify({
    specversion: '1.0',
    id: row.id,
    source: sourceOf(owner),
    type: row.type,
    subject: row.subject,
    time: row.time,
    datacontenttype: 'application/json',
    sequence: row.position.toString(),
    ...(row.traceparent ? { traceparent: row.traceparent } : {}),
  });
  return `${head.slice(0, -1)},"data":${row.data}}`;
}
