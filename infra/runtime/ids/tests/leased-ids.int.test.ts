import { createPool } from '@tintype/postgres';
import { registry } from '@tintype/telemetry';
import { createEnvironment, type Environment, eventually } from '@tintype/testing';
import { runInFetchScope } from '@tintype/viewer';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type LeasedIds, leaseIds, NoWorkerIdError, timestampOf } from '../src/index.ts';

let environment: Environment;
let pool: pg.Pool;

beforeAll(async () => {
  environment = await createEnvironment();
  pool = environment.database.pool;
});
afterAll(() => environment?.close());
beforeEach(async () => {
  await pool.query('delete from "runtime"."worker_lease"');
});

type Options = Omit<Parameters<typeof leaseIds>[1], 'log'>;
const lease = (options: Options = {}, from = pool) => leaseIds(from, { log: environment.log, ...options });
const workerOf = (id: bigint) => Number((id >> 12n) & 1023n);
const isRefused = (ids: LeasedIds) =>
  expect(() => ids.next()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));

/** Waits until the end of the lease has moved by twice its length. */
async function isRenewed(number: number, leaseMs: number): Promise<void> {
  const endOf = async () => {
    const { rows } = await pool.query<{ ms: number }>(
      'select extract(epoch from expires_at)::float8 * 1000 as ms from "runtime"."worker_lease" where worker_id = $1',
      [number],
    );
    return rows[0]!.ms;
  };
  const before = await endOf();
  await eventually(async () => expect(await endOf()).toBeGreaterThan(before + 2 * leaseMs));
}

test('gives concurrent processes different numbers', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => lease()));
  expect(new Set(all.map((ids) => workerOf(ids.next()))).size).toBe(8);
  await Promise.all(all.map((ids) => ids.close()));
});

test('prefers unused numbers to returned ones', async () => {
  const first = await lease();
  const firstId = first.workerId();
  await first.close();
  const second = await lease();
  expect(second.workerId()).not.toBe(firstId);
  await pool.query(
    `insert into "runtime"."worker_lease" select n, 'other', now() + interval '1 hour' from generate_series(0, 1023) n
     on conflict do nothing`,
  );
  const third = await lease();
  expect(third.workerId()).toBe(firstId);
  await expect(lease()).rejects.toThrow(NoWorkerIdError);
  await Promise.all([second.close(), third.close()]);
});

test('does not take a number whose expired lease is renewed at the same moment', async () => {
  await pool.query(
    `insert into "runtime"."worker_lease"
     select n, 'other', case when n < 2 then timestamptz '2026-01-01' + n * interval '1 day' else 'infinity' end
     from generate_series(0, 1023) n`,
  );
  const holder = await pool.connect();
  await holder.query('begin');
  await holder.query(`update "runtime"."worker_lease" set expires_at = now() + interval '1 hour' where worker_id = 0`);
  const taking = lease();
  await eventually(async () => {
    const { rowCount } = await pool.query(
      `select from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and query like '%worker_lease%'`,
    );
    expect(rowCount).toBe(1);
  });
  await holder.query('commit');
  holder.release();
  const ids = await taking;
  expect(ids.workerId()).toBe(1);
  await ids.close();
});

test('holds a number for longer than one lease', async () => {
  const ids = await lease({ leaseMs: 600 });
  const number = ids.workerId()!;
  await isRenewed(number, 600);
  await eventually(() => expect(workerOf(ids.next())).toBe(number));
  await ids.close();
});

test('refuses from the end of its lease, and continues with the same number if nobody took it', async () => {
  let steady = 0;
  const ids = await lease({ leaseMs: 1500, steady: () => steady });
  const number = ids.workerId();
  steady = 1350;
  isRefused(ids);
  expect(ids.workerId()).toBeUndefined();
  await eventually(() => expect(workerOf(ids.next())).toBe(number));
  await ids.close();
});

test('stops using a number that another process has, and continues with another one', async () => {
  let steady = 0;
  const ids = await lease({ leaseMs: 1500, steady: () => steady });
  const number = ids.workerId()!;
  await pool.query(`update "runtime"."worker_lease" set holder = 'other' where worker_id = $1`, [number]);
  steady = 1350;
  isRefused(ids);
  await eventually(() => expect(workerOf(ids.next())).not.toBe(number));
  await ids.close();
});

test('refuses while the lease has expired and cannot be renewed, and continues afterwards', async () => {
  const own = createPool({ url: environment.env.DATABASE_URL!, applicationName: 'lease', max: 2 });
  const ids = await lease({ leaseMs: 600 }, own);
  const block = await pool.connect();
  await block.query('begin');
  await block.query('lock table "runtime"."worker_lease"');
  await eventually(() => isRefused(ids));
  await block.query('rollback');
  block.release();
  await eventually(() => expect(ids.next()).toBeGreaterThan(0n));
  await ids.close();
  await own.end();
});

test('continues when the clock is set back, with the new time as soon as it has another number', async () => {
  let clock = Date.now();
  const ids = await lease({ now: () => clock });
  const number = ids.workerId();
  const before = ids.next();
  clock -= 300_000;
  expect(ids.next()).toBeGreaterThan(before);
  await eventually(() => expect(ids.workerId()).not.toBe(number));
  expect(timestampOf(ids.next())).toBe(clock);
  // Nobody gets the number until the clock has passed its last id, so no id is made twice.
  const { rows } = await pool.query<{ free: boolean }>(
    `select expires_at < to_timestamp($2::float8 / 1000) as free from "runtime"."worker_lease" where worker_id = $1`,
    [number, timestampOf(before)],
  );
  expect(rows).toEqual([{ free: false }]);
  await ids.close();
});

test('keeps a number from others for as long as a clock that is ahead may have made ids with it', async () => {
  const ahead = Date.now() + 600_000;
  const ids = await lease({ now: () => ahead });
  const skew = await registry.getSingleMetricAsString('tintype_clock_skew_seconds');
  expect(Number(/{peer="postgres"} (\S+)/.exec(skew)?.[1])).toBeGreaterThan(300);
  const made = Array.from({ length: 5000 }, () => ids.next());
  const { rows } = await pool.query<{ free: boolean }>(
    `select expires_at <= to_timestamp($2::float8 / 1000) as free from "runtime"."worker_lease" where worker_id = $1`,
    [ids.workerId(), timestampOf(made.at(-1)!)],
  );
  expect(rows).toEqual([{ free: false }]);
  await ids.close();
});

test('keeps renewing its lease after it took another number during a request', async () => {
  let clock = Date.now();
  const ids = await lease({ leaseMs: 600, now: () => clock });
  const number = ids.workerId();
  ids.next();
  clock -= 300_000;
  const identity = { kind: 'visitor', viewer: null, requestId: 'r', operation: 'mutation' } as const;
  runInFetchScope({ identity, deadline: performance.now() + 1 }, () => ids.next());
  await eventually(() => expect(ids.workerId()).not.toBe(number));
  await eventually(() => expect(ids.next()).toBeGreaterThan(0n));
  await isRenewed(workerOf(ids.next()), 600);
  await eventually(() => expect(ids.next()).toBeGreaterThan(0n));
  await ids.close();
});

test('makes no id twice, whatever the clocks of processes do that get the same numbers one after another', async () => {
  const step = fc.record({
    process: fc.integer({ min: 0, max: 2 }),
    clockBy: fc.integer({ min: -600_000, max: 60_000 }),
    ids: fc.integer({ min: 0, max: 5000 }),
    restarts: fc.boolean(),
  });
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 12 }), async (steps) => {
    // Few numbers are free, so they are used again.
    await pool.query('delete from "runtime"."worker_lease"');
    await pool.query(
      `insert into "runtime"."worker_lease" select n, 'other', 'infinity' from generate_series(5, 1023) n`,
    );
    const clocks = [0, 1, 2].map(() => ({ now: Date.now() - 1_000_000 }));
    const start = (index: number) => lease({ now: () => clocks[index]!.now });
    const running = await Promise.all([start(0), start(1), start(2)]);
    const seen = new Set<bigint>();
    let made = 0;
    for (const { process, clockBy, ids, restarts } of steps) {
      const clock = clocks[process]!;
      // Not ahead of Postgres, because a number that was used in the future stays reserved until then, and only a few
      // are free.
      clock.now = Math.min(clock.now + clockBy, Date.now());
      if (restarts) {
        await running[process]!.close();
        running[process] = await start(process);
      }
      for (let count = 0; count < ids; count++) seen.add(running[process]!.next());
      made += ids;
    }
    await Promise.all(running.map((ids) => ids.close()));
    expect(seen.size).toBe(made);
  });
  await fc.assert(property, { numRuns: 8 });
});
