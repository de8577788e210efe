import { query, statement } from '@tintype/postgres';
import type pg from 'pg';
import { MAX_WORKER_ID } from './snowflake.ts';

/** A worker number and its state in Postgres. Times are in milliseconds since the Unix epoch, by Postgres's clock. */
export type Taken = {
  workerId: number;
  /** Until here, the previous holder may have made ids with this number. */
  usedUntil: number;
  clock: number;
};

/** An arbitrary number for a lock: a number is chosen only after the previous choice is committed. */
const CHOICE_LOCK = 7_213_001_146;

const CLOCK = `extract(epoch from clock_timestamp()) * 1000`;
/**
 * Nobody takes a number before Postgres's clock has passed the last id that its holder can make during the lease,
 * however far the holder's clock is ahead.
 *
 * @param lastMs the time of the last id, or of the holder's clock. `leaseMs` is the length of the lease. Both are
 * parameters
 */
const expires = (leaseMs: string, lastMs: string) =>
  `greatest(clock_timestamp(), to_timestamp(${lastMs}::float8 / 1000)) + ${leaseMs} * interval '1 millisecond'`;

/** The number that has been free for longest comes first. */
const TAKE = statement(
  'worker_lease_take',
  `with chosen as (
    select number, coalesce(extract(epoch from taken.expires_at) * 1000, 0)::float8 as used_until
    from generate_series(0, $3::int) as number
    left join "runtime"."worker_lease" taken on taken.worker_id = number
    where taken.worker_id is null or taken.expires_at < clock_timestamp()
    order by taken.expires_at nulls first, number
    limit 1)
  insert into "runtime"."worker_lease" as lease (worker_id, holder, expires_at)
  select number, $1, ${expires('$2', '$4')} from chosen
  on conflict (worker_id) do update set holder = excluded.holder, expires_at = excluded.expires_at
  returning worker_id as "workerId!", (select used_until from chosen) as "usedUntil!", (${CLOCK})::float8 as "clock!"`,
);

const RENEW = statement(
  'worker_lease_renew',
  `update "runtime"."worker_lease" set expires_at = ${expires('$3', '$4')}
  where worker_id = $1 and holder = $2 returning (${CLOCK})::float8 as "clock!"`,
);

export function createWorkerLeaseRepository(pool: pg.Pool, holder: string, leaseMs: number) {
  return {
    /** @param now the clock for ids. @returns null if all numbers are taken */
    async take(now: number): Promise<Taken | null> {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        await client.query('select pg_advisory_xact_lock($1)', [CHOICE_LOCK]);
        const [row] = await query(client, TAKE, [holder, leaseMs, MAX_WORKER_ID, now]);
        await client.query('COMMIT');
        return row ? { ...row, usedUntil: Math.ceil(row.usedUntil) } : null;
      } catch (error) {
        broken = error as Error;
        throw error;
      } finally {
        // A connection in an unknown state is closed, which also rolls back.
        client.release(broken);
      }
    },

    /**
     * An expired lease can be renewed as long as nobody has taken the number.
     *
     * @param lastMs timestamp of the last id
     * @returns the time of Postgres, or null if another process has the number
     */
    async renew(workerId: number, lastMs: number): Promise<number | null> {
      const [row] = await query(pool, RENEW, [workerId, holder, leaseMs, lastMs]);
      return row?.clock ?? null;
    },

    async release(workerId: number, lastMs: number): Promise<void> {
      await query(pool, RENEW, [workerId, holder, 0, lastMs]);
    },
  };
}
