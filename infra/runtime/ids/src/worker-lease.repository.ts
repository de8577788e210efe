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

/**
 * The number that has been free for longest comes first. The row has no number if its holder renewed or released it
 * after it was chosen.
 */
const TAKE = statement(
  'worker_lease_take',
  `with chosen as (
    select number, lease.expires_at as expired_at
    from generate_series(0, $3::int) as number
    left join "runtime"."worker_lease" lease on lease.worker_id = number
    where lease.worker_id is null or lease.expires_at < clock_timestamp()
    order by lease.expires_at nulls first, number
    limit 1),
  taken as (
    insert into "runtime"."worker_lease" as lease (worker_id, holder, expires_at)
    select number, $1, ${expires('$2', '$4')} from chosen
    on conflict (worker_id) do update set holder = excluded.holder, expires_at = excluded.expires_at
      where lease.expires_at = (select expired_at from chosen)
    returning worker_id)
  select taken.worker_id as "workerId", coalesce(extract(epoch from chosen.expired_at) * 1000, 0)::float8 as "usedUntil!",
    (${CLOCK})::float8 as "clock!"
  from chosen left join taken on true`,
);

const RENEW = statement(
  'worker_lease_renew',
  `update "runtime"."worker_lease" set expires_at = ${expires('$3', '$4')}
  where worker_id = $1 and holder = $2 returning (${CLOCK})::float8 as "clock!"`,
);

export function createWorkerLeaseRepository(pool: pg.Pool, holder: string, leaseMs: number) {
  const takeFree = async (client: pg.PoolClient, now: number): Promise<Taken | null> => {
    for (;;) {
      const [row] = await query(client, TAKE, [holder, leaseMs, MAX_WORKER_ID, now]);
      if (!row) return null;
      const { workerId, usedUntil, clock } = row;
      if (workerId !== null) return { workerId, usedUntil: Math.ceil(usedUntil), clock };
    }
  };

  return {
    /** @param now the clock for ids. @returns null if all numbers are taken */
    async take(now: number): Promise<Taken | null> {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        await client.query('select pg_advisory_xact_lock($1)', [CHOICE_LOCK]);
        const taken = await takeFree(client, now);
        await client.query('COMMIT');
        return taken;
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
