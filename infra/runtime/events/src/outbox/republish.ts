import { schemaOf } from '@tintype/schema/subgraphs';
import type { Owner, SqlExecutor } from '#event.ts';
import { outboxChannel } from '#outbox/outbox.ts';

/**
 * Marks published rows as not published, so that the relay publishes them again in their order: for a stream that lost
 * events. Consumers can apply an event twice. Answers with how many rows that are.
 *
 * @param since rows published at or after this time; those older than 7 days are gone
 */
export async function republish(executor: SqlExecutor, owner: Owner, since: Date): Promise<number> {
  const { rows } = await executor.query(
    `with again as (
       update "${schemaOf(owner)}"."outbox" set published_at = null, stream_sequence = null where published_at >= $1 returning 1
     )
     select count(*)::int as count, pg_notify($2::text, '')::text as told from again`,
    [since, outboxChannel(owner)],
  );
  return (rows[0] as { count: number }).count;
}
