import { type Executor, query } from '@tintype/postgres';
import { type Owner, schemaOf } from '#event.ts';

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

/** Where the relay last saw its stream. */
export type RelayState = { created: Date; lastSequence: bigint };

export type RelayRepository = ReturnType<typeof createRelayRepository>;

const RETENTION_DAYS = 7;
const PRUNED_AT_ONCE = 1000;
const BACKLOG_COUNTED = 100_000;

/** The relay's SQL on one owner's outbox. */
export function createRelayRepository(executor: Executor, owner: Owner) {
  const outbox = `"${schemaOf(owner)}"."outbox"`;
  const state = `"${schemaOf(owner)}"."relay_state"`;
  const run = <Row>(name: string, text: string, values: unknown[]) =>
    query<Row>(executor, `relay_${name}_${schemaOf(owner)}`, text, values);

  return {
    /**
     * The oldest rows to publish, of whatever is committed. A row with a lower position that is committed later is found later, because
     * rows are looked for by what is not published and not from a position on. The order of each aggregate holds nevertheless: a
     * transaction tells of it only once it has the aggregate's row, which is when all that was told before is committed.
     */
    listUnpublished: (limit: number) =>
      run<OutboxRow>(
        'list',
        `select position, id::text as id, type, subject, data::text as data, traceparent,
                to_char(occurred_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as time
         from ${outbox}
         where published_at is null
         order by position limit $1`,
        [limit],
      ),

    /** Whether there are rows to publish. */
    async hasUnpublished(): Promise<boolean> {
      const rows = await run<{ found: boolean }>(
        'has',
        `select exists (select from ${outbox} where published_at is null) as found`,
        [],
      );
      return rows[0]?.found === true;
    },

    /** @param lastSequence the highest stream sequence that the acknowledgements named */
    async markPublished(stream: string, positions: readonly bigint[], lastSequence: number): Promise<void> {
      await run(
        'mark',
        `with marked as (update ${outbox} set published_at = now() where position = any($1::bigint[]))
         update ${state} set last_sequence = greatest(last_sequence, $2::bigint), updated_at = now() where stream = $3`,
        [positions.map(String), lastSequence, stream],
      );
    },

    async findState(stream: string): Promise<RelayState | null> {
      const [row] = await run<{ created: Date; last: bigint }>(
        'state',
        `select stream_created as created, last_sequence as last from ${state} where stream = $1`,
        [stream],
      );
      return row ? { created: row.created, lastSequence: row.last } : null;
    },

    async saveState(stream: string, { created, lastSequence }: RelayState): Promise<void> {
      await run(
        'save',
        `insert into ${state} (stream, stream_created, last_sequence) values ($1, $2, $3)
         on conflict (stream) do update set stream_created = excluded.stream_created,
           last_sequence = excluded.last_sequence, updated_at = now()`,
        [stream, created, lastSequence],
      );
    },

    /** Makes rows count as not published and notes the new state, in one transaction. Answers with how many. */
    async unpublish(stream: string, since: Date | null, next: RelayState): Promise<number> {
      await executor.query('begin');
      try {
        await executor.query(`set local statement_timeout = '10min'`);
        const { rowCount } = await executor.query(
          `update ${outbox} set published_at = null where published_at >= coalesce($1, '-infinity'::timestamptz)`,
          [since],
        );
        await this.saveState(stream, next);
        await executor.query('commit');
        return rowCount ?? 0;
      } catch (error) {
        await executor.query('rollback').catch(() => undefined);
        throw error;
      }
    },

    /** Deletes some of the rows published more than 7 days ago; answers whether more may be left. */
    async prune(): Promise<boolean> {
      const [row] = await run<{ count: number }>(
        'prune',
        `with gone as (
           delete from ${outbox} where position in (
             select position from ${outbox} where published_at < now() - $1 * interval '1 day'
             order by published_at limit $2)
           returning 1)
         select count(*)::int as count from gone`,
        [RETENTION_DAYS, PRUNED_AT_ONCE],
      );
      return row?.count === PRUNED_AT_ONCE;
    },

    /** Rows that wait, counted up to 100,000, and the age of the oldest in seconds. */
    async measure(): Promise<{ backlog: number; lagSeconds: number }> {
      const [row] = await run<{ backlog: number; lag: number }>(
        'measure',
        `select count(*)::int as backlog, coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 as lag
         from (select occurred_at from ${outbox} where published_at is null order by position limit $1) waiting`,
        [BACKLOG_COUNTED],
      );
      return { backlog: row?.backlog ?? 0, lagSeconds: row?.lag ?? 0 };
    },
  };
}
