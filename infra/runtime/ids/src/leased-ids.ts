import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOutage, type Log, noteClockSkew } from '@tintype/telemetry';
import { runOutsideFetchScope, StoreError } from '@tintype/viewer';
import type pg from 'pg';
import { createIdGenerator, type IdGenerator, type SnowflakeGenerator } from './generator.ts';
import { MAX_WORKER_ID } from './snowflake.ts';
import { createWorkerLeaseRepository } from './worker-lease.repository.ts';

export type LeasedIds = IdGenerator & {
  /** Undefined while this process has no worker number. It then refuses to make ids. */
  workerId(): number | undefined;
  /** Releases the number. */
  close(): Promise<void>;
};

/** Every number from 0 to 1023 is leased to a running process. */
export class NoWorkerIdError extends Error {
  override readonly name = 'NoWorkerIdError';
  readonly code = 'NO_WORKER_ID';
}

type Lease = {
  workerId: number;
  generator: SnowflakeGenerator;
  /**
   * Until when ids are made, in milliseconds of the steady clock: a little before another process may take the number.
   */
  usableUntil: number;
};

const LEASE_MS = 60_000;
/** The pause if Postgres does not respond, or all numbers are taken. */
const RETRY_MS = 500;
/** How long a start waits for Postgres. */
const START_MS = 20_000;
/** If the clock goes back further than this, another number is taken, whose ids follow the clock again. */
const TOLERATED_MS = 5000;

/**
 * Makes ids with a worker number that is leased in Postgres and renewed after each third of the lease. The generator
 * refuses to make ids when the lease is over. When Postgres responds again, it continues, with another number if this
 * one was taken in the meantime.
 *
 * @param options.steady a clock in milliseconds that never goes back, for the duration of the lease. `now` is the clock
 * for ids
 * @throws NoWorkerIdError if none is free
 */
export async function leaseIds(
  pool: pg.Pool,
  options: { log: Log; leaseMs?: number; now?: () => number; steady?: () => number },
): Promise<LeasedIds> {
  const { log, leaseMs = LEASE_MS, now = Date.now, steady = () => performance.now() } = options;
  const leases = createWorkerLeaseRepository(pool, `${hostname()}:${process.pid}:${randomUUID()}`, leaseMs);
  let lease = await takeFirst();
  let timer: NodeJS.Timeout | undefined;
  let keeping: Promise<void> | undefined;
  let closed = false;
  let isLost = false;
  let replacedAt = Number.NEGATIVE_INFINITY;

  async function take(): Promise<Lease> {
    // Read before the statement, so that for this process the lease always ends earlier than for Postgres.
    const usableUntil = steady() + leaseMs * 0.9;
    const taken = await leases.take(now());
    if (!taken) {
      const hint = 'Stop processes that are not needed, or wait a minute for those that died.';
      throw new NoWorkerIdError(`All ${MAX_WORKER_ID + 1} worker numbers are leased. ${hint}`);
    }
    const { workerId, usedUntil, clock } = taken;
    noteClockSkew('postgres', now() - clock);
    return { workerId, generator: createIdGenerator({ workerId, after: usedUntil, now }), usableUntil };
  }

  /** Waits for Postgres longer than usual, because a process may start on a busy machine. */
  async function takeFirst(): Promise<Lease> {
    for (const until = steady() + START_MS; ; ) {
      try {
        return await take();
      } catch (error) {
        if (!isOutage(error) || steady() > until) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

  const isBehind = () => lease.generator.lastMs() - now() > TOLERATED_MS;
  const isOver = () => steady() >= lease.usableUntil;

  async function replace(reason: string): Promise<void> {
    const { workerId, generator } = lease;
    replacedAt = steady();
    lease = await take();
    isLost = false;
    log.warn({ workerId, next: lease.workerId, reason }, 'Ids are made with another worker number.');
    await leases.release(workerId, generator.lastMs());
  }

  async function keep(): Promise<void> {
    if (isBehind()) return replace('The clock went back.');
    const usableUntil = steady() + leaseMs * 0.9;
    const clock = await leases.renew(lease.workerId, lease.generator.lastMs());
    if (clock === null) return replace('Another process has the number.');
    noteClockSkew('postgres', now() - clock);
    lease.usableUntil = usableUntil;
    if (isLost) log.warn({ workerId: lease.workerId }, 'Ids are made again.');
    isLost = false;
  }

  function keepAfter(ms: number): void {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(keepNow, ms).unref();
  }

  /** Sometimes called during a request, whose limits must not apply to the lease or to the timers here. */
  function keepNow(): void {
    keeping ??= runOutsideFetchScope(async () => {
      try {
        await keep();
        keepAfter(leaseMs / 3);
      } catch (error) {
        if (isOver() && !isLost) {
          isLost = true;
          log.error({ error, workerId: lease.workerId }, 'No ids can be made: the worker number is lost.');
        }
        keepAfter(RETRY_MS * (0.5 + Math.random()));
      } finally {
        keeping = undefined;
      }
    });
  }

  keepAfter(leaseMs / 3);
  return {
    next() {
      if (isOver()) throw new StoreError('UNAVAILABLE');
      // A clock that jumps must not use up all numbers.
      if (isBehind() && steady() - replacedAt > leaseMs / 3) keepNow();
      return lease.generator.next();
    },
    workerId: () => (isOver() ? undefined : lease.workerId),
    async close() {
      closed = true;
      clearTimeout(timer);
      await keeping;
      await leases.release(lease.workerId, lease.generator.lastMs());
    },
  };
}
