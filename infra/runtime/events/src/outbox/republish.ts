import { type Executor, query, SAMPLE_SCHEMA, statementFor } from '@tintype/postgres';
import { type SubgraphName, schemaOf } from '@tintype/schema/subgraphs';
import { outboxChannel } from '#outbox/outbox.ts';

const REPUBLISH = statementFor(
  'outbox_republish',
  [SAMPLE_SCHEMA],
  (schema: string) => `with again as (
     update "${schema}".outbox set published_at = null, stream_sequence = null where published_at >= $1 returning 1)
   select count(*)::int as "count!", pg_notify($2, '')::text as notified from again`,
);

/**
 * Marks published rows as unpublished, so that the relay publishes them again in their order, for a stream that has
 * lost events. Consumers can apply an event twice. Returns the number of rows.
 *
 * @param since rows published at or after this time. Those older than 7 days have been deleted
 */
export async function republish(executor: Executor, owner: SubgraphName, since: Date): Promise<number> {
  const [row] = await query(executor, REPUBLISH(schemaOf(owner)), [since, outboxChannel(owner)]);
  return row!.count;
}
