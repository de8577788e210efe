import { setTimeout as sleep } from 'node:timers/promises';
import { createEnvironment, type Environment } from '@tintype/testing';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { leaseWorkerId, NoWorkerIdError } from '../src/index.ts';

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

describe('leaseWorkerId', () => {
  it('gives concurrent processes different numbers', async () => {
    const leases = await Promise.all(Array.from({ length: 40 }, () => leaseWorkerId(pool)));
    expect(new Set(leases.map((lease) => lease.workerId)).size).toBe(40);
    await Promise.all(leases.map((lease) => lease.release()));
  });

  it('takes numbers never used before those given back, and those once none is left', async () => {
    const first = await leaseWorkerId(pool);
    await first.release();
    const second = await leaseWorkerId(pool);
    expect(second.workerId).not.toBe(first.workerId);
    await pool.query(
      `insert into "runtime"."worker_lease" select n, 'other', now() + interval '1 hour' from generate_series(0, 1023) n
       on conflict do nothing`,
    );
    expect((await leaseWorkerId(pool)).workerId).toBe(first.workerId);
    await expect(leaseWorkerId(pool)).rejects.toThrow(NoWorkerIdError);
  });

  it('holds a number for longer than one lease', async () => {
    const lease = await leaseWorkerId(pool, { leaseMs: 300 });
    await sleep(700);
    expect(lease.lost.aborted).toBe(false);
    const { rows } = await pool.query(
      'select expires_at > now() as held from "runtime"."worker_lease" where worker_id = $1',
      [lease.workerId],
    );
    expect(rows[0].held).toBe(true);
    await lease.release();
  });

  it('tells that the number is lost when it cannot be renewed until the end', async () => {
    let broken = false;
    const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
    const connect = () => pool.connect();
    const flaky = {
      connect,
      query: (...args: unknown[]) => (broken ? Promise.reject(new Error('down')) : query(...args)),
    };
    const lease = await leaseWorkerId(flaky as unknown as pg.Pool, { leaseMs: 300 });
    broken = true;
    await sleep(320);
    expect(lease.lost.aborted).toBe(true);
  });

  it('tells that the number is lost when another process has it', async () => {
    const lease = await leaseWorkerId(pool, { leaseMs: 300 });
    await pool.query(`update "runtime"."worker_lease" set holder = 'other' where worker_id = $1`, [lease.workerId]);
    await sleep(150);
    expect(lease.lost.aborted).toBe(true);
  });
});
