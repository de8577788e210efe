import { type Executor, query, SAMPLE_SCHEMA, statement, statementFor } from '@tintype/postgres';
import { type SubgraphName, schemaOf } from '@tintype/schema/subgraphs';

export type OutboxRow = {
  position: bigint;
  id: string;
  type: string;
  subject: string;
  /** JSON text, as it goes into the envelope. */
  data: string;
  traceparent: string | null;
  /** RFC 3339 in UTC. */
  time: string;
};

/** A row that the stream acknowledged, with its sequence. */
export type PublishedRow = { position: bigint; id: string; streamSequence: number };

/** The stream as the relay last saw it. */
export type RelayState = { created: Date; lastSequence: bigint };

/** The creation time of a stream that has to be created again. */
export const FORGOTTEN_MS = 0;

export type RelayRepository = ReturnType<typeof createRelayRepository>;

const RETENTION_DAYS = 7;
const PRUNED_AT_ONCE = 1000;
const BACKLOG_COUNTED = 100_000;

const LIST = statementFor(
  'relay_list',
  [SAMPLE_SCHEMA],
  (schema: string) => `with waiting as materialized (
     select position, id::text as id, type, subject, data::text as data, traceparent,
       to_char(occurred_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as time
     from "${schema}".outbox
     where published_at is null
     order by position limit $1),
   advanced as (
     update "${schema}".relay_state set checkpoint = checkpoint + 1 where stream = $2 and exists (select from waiting) returning checkpoint)
   select position as "position!", id as "id!", type as "type!", subject as "subject!", data as "data!", traceparent,
     time as "time!", coalesce(advanced.checkpoint, 0) as "checkpoint!"
   from waiting left join advanced on true order by position`,
);

const HAS = statementFor(
  'relay_has',
  [SAMPLE_SCHEMA],
  (schema: string) => `select exists (select from "${schema}".outbox where published_at is null) as "found!"`,
);

const MARK_PUBLISHED = statementFor(
  'relay_published',
  [SAMPLE_SCHEMA],
  (schema: string) => `with marked as (
     update "${schema}".outbox o set published_at = now(), stream_sequence = acked.sequence
     from unnest($1::bigint[], $2::bigint[]) as acked(position, sequence) where o.position = acked.position)
   update "${schema}".relay_state set updated_at = now(),
     last_sequence = greatest(last_sequence, (select max(s) from unnest($2::bigint[]) as n(s)))
   where stream = $3`,
);

const LIST_PUBLISHED = statementFor(
  'relay_list_published',
  [SAMPLE_SCHEMA],
  (schema: string) => `select position, id::text as "id!",
     case when published_at > now() - $3 * interval '1 day' + interval '1 hour' then stream_sequence end as sequence
   from "${schema}".outbox where position > $1 order by position limit $2`,
);

const PUBLISH_AGAIN = statementFor(
  'relay_again',
  [SAMPLE_SCHEMA],
  (schema: string) =>
    `update "${schema}".outbox set published_at = null, stream_sequence = null where position = any($1)`,
);

const SKIP = statementFor(
  'relay_skip',
  [SAMPLE_SCHEMA],
  (schema: string) =>
    `select setval('"${schema}".outbox_position_seq', greatest(last_value, $1::bigint, 1)) from "${schema}".outbox_position_seq`,
);

const FORGET = statement('relay_forget', 'select runtime.forget_streams()::text as done');

const FIND_STATE = statementFor(
  'relay_state',
  [SAMPLE_SCHEMA],
  (schema: string) =>
    `select stream_created as created, last_sequence as last, checkpoint from "${schema}".relay_state where stream = $1`,
);

const NEXT_CHECKPOINT = statementFor(
  'relay_checkpoint',
  [SAMPLE_SCHEMA],
  (schema: string) =>
    `update "${schema}".relay_state set checkpoint = greatest(checkpoint, $2) + 1 where stream = $1 returning checkpoint`,
);

const SAVE_STATE = statementFor(
  'relay_save',
  [SAMPLE_SCHEMA],
  (schema: string) => `insert into "${schema}".relay_state (stream, stream_created, last_sequence) values ($1, $2, $3)
   on conflict (stream) do update set stream_created = excluded.stream_created,
     last_sequence = excluded.last_sequence, updated_at = now()`,
);

const UNPUBLISH = statementFor(
  'relay_unpublish',
  [SAMPLE_SCHEMA],
  (schema: string) => `with again as (
     update "${schema}".outbox set published_at = null, stream_sequence = null
     where published_at >= coalesce($1?, '-infinity'::timestamptz) returning 1)
   select count(*)::int as "count!" from again`,
);

const PRUNE = statementFor(
  'relay_prune',
  [SAMPLE_SCHEMA],
  (schema: string) => `with gone as (
     delete from "${schema}".outbox where position in (
       select position from "${schema}".outbox where published_at < now() - $1 * interval '1 day'
       order by published_at limit $2)
     and published_at < now() - $1 * interval '1 day'
     returning 1)
   select count(*)::int as "count!" from gone`,
);

const MEASURE = statementFor(
  'relay_measure',
  [SAMPLE_SCHEMA],
  (
    schema: string,
  ) => `select count(*)::int as "backlog!", coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 as "lag!"
   from (select occurred_at from "${schema}".outbox where published_at is null order by position limit $1) waiting`,
);

/** The relay's SQL on one owner's outbox. */
export function createRelayRepository(executor: Executor, owner: SubgraphName) {
  const schema = schemaOf(owner);

  return {
    /**
     * The oldest committed rows that are not published. A row with a lower position that is committed later is found
     * later, because rows are selected by `published_at`, not by position. The order of each aggregate is still right:
     * a transaction writes an event only while it holds the aggregate's row, so all earlier events are committed by
     * then.
     *
     * @returns them with the number of the new checkpoint
     */
    async listUnpublished(stream: string, limit: number): Promise<{ rows: OutboxRow[]; checkpoint: bigint }> {
      const rows = await query(executor, LIST(schema), [limit, stream]);
      return { rows, checkpoint: rows[0]?.checkpoint ?? 0n };
    },

    /** Whether there are unpublished rows. */
    async hasUnpublished(): Promise<boolean> {
      const rows = await query(executor, HAS(schema), []);
      return rows[0]?.found === true;
    },

    /** @param acked with the sequences from the stream */
    async markPublished(stream: string, acked: readonly { position: bigint; sequence: number }[]): Promise<void> {
      const positions = acked.map(({ position }) => position);
      await query(executor, MARK_PUBLISHED(schema), [positions, acked.map(({ sequence }) => sequence), stream]);
    },

    /**
     * The next rows that the stream must have: published, and not so old that it may have removed them.
     *
     * @returns them with the position after which to continue, or null if there are none
     */
    async listPublished(after: bigint, limit: number): Promise<{ rows: PublishedRow[]; last: bigint | null }> {
      const rows = await query(executor, LIST_PUBLISHED(schema), [after, limit, RETENTION_DAYS]);
      return {
        rows: rows.flatMap(({ position, id, sequence }) =>
          sequence === null ? [] : { position, id, streamSequence: Number(sequence) },
        ),
        last: rows.length < limit ? null : rows.at(-1)!.position,
      };
    },

    /** Marks rows as unpublished. */
    async publishAgain(positions: readonly bigint[]): Promise<void> {
      await query(executor, PUBLISH_AGAIN(schema), [positions]);
    },

    /** New rows get positions above this one. */
    async skipPositions(position: bigint): Promise<void> {
      await query(executor, SKIP(schema), [position]);
    },

    /** Makes the relays of all owners in this database create their streams again. */
    async forgetStreams(): Promise<void> {
      await query(executor, FORGET, []);
    },

    async findState(stream: string): Promise<(RelayState & { checkpoint: bigint }) | null> {
      const [row] = await query(executor, FIND_STATE(schema), [stream]);
      return row ? { created: row.created, lastSequence: row.last, checkpoint: row.checkpoint } : null;
    },

    /** @returns a number above all earlier ones and above `known` */
    async nextCheckpoint(stream: string, known: bigint): Promise<bigint> {
      return (await query(executor, NEXT_CHECKPOINT(schema), [stream, known]))[0]!.checkpoint;
    },

    async saveState(stream: string, { created, lastSequence }: RelayState): Promise<void> {
      await query(executor, SAVE_STATE(schema), [stream, created, lastSequence]);
    },

    /** Marks rows as unpublished and stores the new state, in one transaction. Returns the number of rows. */
    async unpublish(stream: string, since: Date | null, next: RelayState): Promise<number> {
      await executor.query('begin');
      try {
        await executor.query(`set local statement_timeout = '10min'`);
        const [row] = await query(executor, UNPUBLISH(schema), [since]);
        await this.saveState(stream, next);
        await executor.query('commit');
        return row!.count;
      } catch (error) {
        await executor.query('rollback').catch(() => undefined);
        throw error;
      }
    },

    /**
     * Deletes some of the rows that were published more than 7 days ago. Returns whether there may be more. Rows are
     * checked after they are locked, because a row may have been marked as unpublished while we waited for it.
     */
    async prune(): Promise<boolean> {
      const [row] = await query(executor, PRUNE(schema), [RETENTION_DAYS, PRUNED_AT_ONCE]);
      return row?.count === PRUNED_AT_ONCE;
    },

    /** The number of unpublished rows, counted up to 100,000, and the age of the oldest in seconds. */
    async measure(): Promise<{ backlog: number; lagSeconds: number }> {
      const [row] = await query(executor, MEASURE(schema), [BACKLOG_COUNTED]);
      return { backlog: row?.backlog ?? 0, lagSeconds: row?.lag ?? 0 };
    },
  };
}
