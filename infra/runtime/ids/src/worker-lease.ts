import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type pg from 'pg';
import { MAX_WORKER_ID } from './snowflake.ts';

export type WorkerLease = {
  workerId: number;
  /** Aborted when the lease could not be renewed before it ended: ids of this number must not be made any more. */
  lost: AbortSignal;
  /** Gives the number back. */
  release(): Promise<void>;
};

/** Every number from 0 to 1023 is leased to a running process. */
export class NoWorkerIdError extends Error {
  override readonly name = 'NoWorkerIdError';
  readonly code = 'NO_WORKER_ID';
}

const LEASE_MS = 60_000;

/** Any number, the same everywhere: one choice at a time, made after the one before is committed. */
const CHOICE_LOCK = 7_213_001_146;

/** The number that has been free for longest first: the process that freed one a moment ago may have a faster clock. */
const TAKE = `
  insert into "runtime"."worker_lease" as lease (worker_id, holder, expires_at)
  select number, $1, clock_timestamp() + $2 * interval '1 millisecond'
  from generate_series(0, $3::int) as number
  left join "runtime"."worker_lease" taken on taken.worker_id = number
  where taken.worker_id is null or taken.expires_at < clock_timestamp()
  order by taken.expires_at nulls first, number
  limit 1
  on conflict (worker_id) do update set holder = excluded.holder, expires_at = excluded.expires_at
  returning worker_id`;

const RENEW = `
  update "runtime"."worker_lease" set expires_at = clock_timestamp() + $3 * interval '1 millisecond'
  where worker_id = $1 and holder = $2 and expires_at > clock_timestamp()`;

const RELEASE = `
  update "runtime"."worker_lease" set expires_at = clock_timestamp() - interval '1 millisecond'
  where worker_id = $1 and holder = $2`;

/**
 * Leases one of the 1,024 worker numbers in Postgres for as long as this process runs. It is renewed every third of its
 * length; when that fails until its end, `lost` is aborted a little before another process may take the number.
 * Throws NoWorkerIdError when none is free.
 */
export async function leaseWorkerId(
  pool: pg.Pool,
  options: { holder?: string; leaseMs?: number } = {},
): Promise<WorkerLease> {
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const holder = `${options.holder ?? hostname()}:${process.pid}:${randomUUID()}`;
  // Read before the statement: this side then always thinks that the lease ends sooner than the database does.
  let renewedAt = performance.now();
  const workerId = await take(pool, holder, leaseMs);
  const lost = new AbortController();
  const safeMs = leaseMs * 0.9;

  const lose = (reason: string) => {
    clearInterval(renewal);
    clearTimeout(deadline);
    lost.abort(new Error(`Worker number ${workerId} is lost: ${reason}`));
  };
  const onDeadline = () => lose('its lease could not be renewed in time');
  let deadline = setTimeout(onDeadline, safeMs - (performance.now() - renewedAt)).unref();
  const renewal = setInterval(async () => {
    const asked = performance.now();
    // A database that does not answer is asked again at the next turn; the deadline decides.
    const result = await pool.query(RENEW, [workerId, holder, leaseMs]).catch(() => null);
    if (!result || lost.signal.aborted || asked < renewedAt) return;
    if (result.rowCount === 0) return lose('another process has it');
    renewedAt = asked;
    clearTimeout(deadline);
    deadline = setTimeout(onDeadline, safeMs - (performance.now() - asked)).unref();
  }, leaseMs / 3).unref();

  return {
    workerId,
    lost: lost.signal,
    async release() {
      clearInterval(renewal);
      clearTimeout(deadline);
      await pool.query(RELEASE, [workerId, holder]);
    },
  };
}

async function take(pool: pg.Pool, holder: string, leaseMs: number): Promise<number> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    await client.query('select pg_advisory_xact_lock($1)', [CHOICE_LOCK]);
    const { rows } = await client.query<{ worker_id: number }>(TAKE, [holder, leaseMs, MAX_WORKER_ID]);
    await client.query('COMMIT');
    if (rows[0]) return rows[0].worker_id;
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    // A connection in an unknown state is closed, which also rolls back.
    client.release(broken);
  }
  throw new NoWorkerIdError(
    `All ${MAX_WORKER_ID + 1} worker numbers are leased. Stop processes that are not needed, or wait a minute for those that died.`,
  );
}
