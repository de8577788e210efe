import { type Executor, query } from '@tintype/postgres';
import { schemaOf } from '@tintype/schema/subgraphs';
import { OWNERS, type Owner } from '#event.ts';

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

/** A row that the stream acknowledged, with the sequence that it gave. */
export type PublishedRow = { position: bigint; id: string; streamSequence: number };

/** Where the relay last saw its stream. */
export type RelayState = { created: Date; lastSequence: bigint };

/** Stands for the creation of a stream that is to be made anew. */
export const FORGOTTEN_MS = 0;

export type RelayRepository = ReturnType<typeof createRelayRepository>;

const RETENTION_DAYS = 7;
const PRUNED_AT_ONCE = 1000;
const BACKLOG_COUNTED = 100_000;

/** The relay's SQL on one owner's outbox. */
export function createRelayRepository(executor: Executor, owner: Owner) {
  const outbox = `"${schemaOf(owner)}"."outbox"`;
  const state = `"${schemaOf(owner)}"."relay_state"`;
  const positions = `"${schemaOf(owner)}"."outbox_position_seq"`;
  const run = <Row>(name: string, text: string, values: unknown[]) =>
    query<Row>(executor, `relay_${name}_${schemaOf(owner)}`, text, values);

  return {
    /**
     * The oldest rows to publish, of whatever is committed. A row with a lower position that is committed later is found later, because
     * rows are looked for by what is not published and not from a position on. The order of each aggregate holds nevertheless: a
     * transaction tells of it only once it has the aggregate's row, which is when all that was told before is committed.
     *
     * @returns with the number of a new mark
     */
    async listUnpublished(stream: string, limit: number): Promise<{ rows: OutboxRow[]; mark: bigint }> {
      const rows = await run<OutboxRow & { mark: bigint }>(
        'list',
        `with waiting as materialized (
           select position, id::text as id, type, subject, data::text as data, traceparent,
             to_char(occurred_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as time
           from ${outbox}
           where published_at is null
           order by position limit $1),
         marked as (
           update ${state} set mark = mark + 1 where stream = $2 and exists (select from waiting) returning mark)
         select waiting.*, coalesce(marked.mark, 0) as mark from waiting left join marked on true order by position`,
        [limit, stream],
      );
      return { rows, mark: rows[0]?.mark ?? 0n };
    },

    /** Whether there are rows to publish. */
    async hasUnpublished(): Promise<boolean> {
      const rows = await run<{ found: boolean }>(
        'has',
        `select exists (select from ${outbox} where published_at is null) as found`,
        [],
      );
      return rows[0]?.found === true;
    },

    /** @param acked with the sequences that the stream gave */
    async markPublished(stream: string, acked: readonly { position: bigint; sequence: number }[]): Promise<void> {
      await run(
        'published',
        `with marked as (
           update ${outbox} o set published_at = now(), stream_sequence = acked.sequence
           from unnest($1::bigint[], $2::bigint[]) as acked(position, sequence) where o.position = acked.position)
         update ${state} set last_sequence = greatest(last_sequence, (select max(s) from unnest($2::bigint[]) as n(s))), updated_at = now()
         where stream = $3`,
        [acked.map(({ position }) => position), acked.map(({ sequence }) => sequence), stream],
      );
    },

    /**
     * Of the next rows those that the stream must have: published, and not so long ago that it may have let them go.
     *
     * @returns with the position after which the next ones are; null where there are none
     */
    async listPublished(after: bigint, limit: number): Promise<{ rows: PublishedRow[]; last: bigint | null }> {
      const rows = await run<{ position: bigint; id: string; sequence: bigint | null }>(
        'list_published',
        `select position, id::text as id,
           case when published_at > now() - $3 * interval '1 day' + interval '1 hour' then stream_sequence end as sequence
         from ${outbox} where position > $1 order by position limit $2`,
        [after, limit, RETENTION_DAYS],
      );
      return {
        rows: rows.flatMap(({ position, id, sequence }) =>
          sequence === null ? [] : { position, id, streamSequence: Number(sequence) },
        ),
        last: rows.length < limit ? null : rows.at(-1)!.position,
      };
    },

    /** Makes rows count as not published. */
    async publishAgain(positions: readonly bigint[]): Promise<void> {
      const text = `update ${outbox} set published_at = null, stream_sequence = null where position = any($1::bigint[])`;
      await run('again', text, [positions]);
    },

    /** New rows get places above this one. */
    async skipPositions(position: bigint): Promise<void> {
      const text = `select setval('${positions}', greatest(last_value, $1::bigint, 1)) from ${positions}`;
      await run('skip', text, [position]);
    },

    /** Has the relays of all owners in this database make their streams anew. */
    async forgetStreams(): Promise<void> {
      for (const one of OWNERS) {
        const table = `"${schemaOf(one)}"."relay_state"`;
        const { rows } = await executor.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
          table,
        ]);
        if (rows[0]?.there) await executor.query(`update ${table} set stream_created = to_timestamp(${FORGOTTEN_MS})`);
      }
    },

    async findState(stream: string): Promise<(RelayState & { mark: bigint }) | null> {
      const [row] = await run<{ created: Date; last: bigint; mark: bigint }>(
        'state',
        `select stream_created as created, last_sequence as last, mark from ${state} where stream = $1`,
        [stream],
      );
      return row ? { created: row.created, lastSequence: row.last, mark: row.mark } : null;
    },

    /** @returns a mark above all before, and above this one */
    async nextMark(stream: string, known: bigint): Promise<bigint> {
      const text = `update ${state} set mark = greatest(mark, $2::bigint) + 1 where stream = $1 returning mark`;
      return (await run<{ mark: bigint }>('mark', text, [stream, known]))[0]!.mark;
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
          `update ${outbox} set published_at = null, stream_sequence = null
           where published_at >= coalesce($1, '-infinity'::timestamptz)`,
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

    /**
     * Deletes some of the rows published more than 7 days ago; answers whether more may be left. Each is looked at once it is locked: one
     * that is to be published again may have been waited for.
     */
    async prune(): Promise<boolean> {
      const [row] = await run<{ count: number }>(
        'prune',
        `with gone as (
           delete from ${outbox} where position in (
             select position from ${outbox} where published_at < now() - $1 * interval '1 day'
             order by published_at limit $2)
           and published_at < now() - $1 * interval '1 day'
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
