import { headers } from 'nats';
import type { EventBus } from '#bus/bus.ts';
import { type Owner, sourceOf } from '#event.ts';
import type { OutboxRow } from '#relay/relay.repository.ts';

export type Published = {
  positions: bigint[];
  /** Highest sequence in the stream that was acknowledged, 0 for none. */
  lastSequence: number;
  /** The first failure; the rows after it of the same subject were not tried. */
  error?: unknown;
};

/** Publishes rows and waits for the stream's acknowledgements: those of one subject one after another, subjects side by side. */
export async function publishRows(bus: EventBus, owner: Owner, rows: readonly OutboxRow[]): Promise<Published> {
  const published: Published = { positions: [], lastSequence: 0 };
  const ofSubject = Map.groupBy(rows, (row) => row.subject);
  await Promise.all(
    [...ofSubject.values()].map(async (chain) => {
      try {
        for (const row of chain) {
          const sequence = await publishRow(bus, owner, row);
          published.positions.push(row.position);
          published.lastSequence = Math.max(published.lastSequence, sequence);
        }
      } catch (error) {
        published.error ??= error;
      }
    }),
  );
  return published;
}

async function publishRow(bus: EventBus, owner: Owner, row: OutboxRow): Promise<number> {
  const options = { msgID: row.id, expect: { streamName: bus.streamName(owner) } };
  const ack = row.traceparent
    ? await bus.js.publish(bus.subject(row.type), toEnvelope(owner, row), {
        ...options,
        headers: traced(row.traceparent),
      })
    : await bus.js.publish(bus.subject(row.type), toEnvelope(owner, row), options);
  return ack.seq;
}

function traced(traceparent: string) {
  const fields = headers();
  fields.set('traceparent', traceparent);
  return fields;
}

/** EventEnvelope as JSON; the data is put in as the text that Postgres gave, without parsing it. */
export function toEnvelope(owner: Owner, row: OutboxRow): string {
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
