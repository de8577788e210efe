import { type Owner, type SqlExecutor, schemaOf } from '#event.ts';

/**
 * Notes events as applied by a consumer, in the transaction that applies them, and answers with the ids that are new: the
 * others were applied before. A concurrent transaction with the same event waits for this one to end.
 *
 * @param consumer the durable's name
 */
export async function recordInbox(
  tx: SqlExecutor,
  owner: Owner,
  consumer: string,
  eventIds: readonly string[],
): Promise<string[]> {
  if (eventIds.length === 0) return [];
  // Sorted, so that two batches that overlap cannot wait for each other.
  const { rows } = await tx.query(
    `insert into "${schemaOf(owner)}"."inbox" (consumer, event_id)
     select $1::text, id::bigint from jsonb_array_elements_text($2::text::jsonb) as given(id) order by id::bigint
     on conflict do nothing
     returning event_id::text as id`,
    [consumer, JSON.stringify(eventIds)],
  );
  return rows.map((row) => (row as { id: string }).id);
}

/** An event can come back for the 7 days that the outbox keeps it and then the 7 days that the stream does. */
const INBOX_DAYS = 15;
const PRUNED_AT_ONCE = 1000;

/** Deletes what no event can ask for any more, in small statements; answers with how many rows that were. */
export async function pruneInbox(executor: SqlExecutor, owner: Owner): Promise<number> {
  const table = `"${schemaOf(owner)}"."inbox"`;
  for (let pruned = 0; ; ) {
    const { rows } = await executor.query(
      `with old as (
         select consumer, event_id from ${table} where processed_at < now() - $1 * interval '1 day' limit $2
       ), gone as (delete from ${table} using old where ${table}.consumer = old.consumer and ${table}.event_id = old.event_id returning 1)
       select count(*)::int as count from gone`,
      [INBOX_DAYS, PRUNED_AT_ONCE],
    );
    const { count } = rows[0] as { count: number };
    pruned += count;
    if (count < PRUNED_AT_ONCE) return pruned;
  }
}
