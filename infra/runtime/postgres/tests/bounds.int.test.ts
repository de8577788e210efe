import { createEnvironment, createFreezable, type Environment, eventually, type Freezable } from '@tintype/testing';
import { runInFetchScope } from '@tintype/viewer';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPool, transaction } from '../src/index.ts';
import { untyped } from '../src/untyped.ts';

let environment: Environment;
let server: Freezable;
let pool: pg.Pool;

beforeAll(async () => {
  environment = await createEnvironment();
  await environment.database.pool.query('CREATE TABLE thing (id int PRIMARY KEY); INSERT INTO thing VALUES (1), (2)');
});
afterAll(() => environment?.close());
beforeEach(async () => {
  server = await createFreezable(environment.env.DATABASE_URL!);
  pool = createPool({ url: server.url, applicationName: 'bounds', max: 4, quota: 2 });
  // On a busy machine, the first connection may take longer than a pool waits.
  await eventually(things);
});
afterEach(async () => {
  server.thaw();
  await pool.end();
  await server.close();
});

type Bounds = { deadlineMs?: number; viewer?: bigint; requestId?: string; signal?: AbortSignal };

function asRequest<T>(
  work: () => Promise<T>,
  { deadlineMs, viewer = 1n, requestId = 'r', signal }: Bounds = {},
): Promise<T> {
  const deadline = deadlineMs === undefined ? undefined : performance.now() + deadlineMs;
  const identity = {
    kind: 'person',
    viewer: { userId: viewer, sessionId: '1' },
    requestId,
    operation: 'query',
  } as const;
  return runInFetchScope({ identity, deadline, signal }, work);
}

const things = () => untyped(pool, 'SELECT id FROM thing ORDER BY id');
const code = (expected: string) => expect.objectContaining({ name: 'StoreError', code: expected });

test('a few idle connections are kept', async () => {
  const idle = createPool({ url: environment.env.DATABASE_URL!, applicationName: 'idle', max: 4, idleMs: 20 });
  const one = () => untyped(idle, 'SELECT pg_sleep(0.05)');
  // On a busy machine, the first connection may take longer than a pool waits.
  await eventually(async () => {
    const all = Promise.all([one(), one(), one(), one()]);
    await eventually(() => expect(idle.totalCount).toBe(4));
    await all;
  });
  await eventually(() => expect(idle.totalCount).toBe(2));
  const kept = () => untyped(idle, 'SELECT pg_backend_pid() AS pid');
  expect(await kept()).toEqual(await kept());
  await idle.end();
});

test('a pool is warm with the connections that it keeps, and without a server none is waited for', async () => {
  const cold = createPool({ url: environment.env.DATABASE_URL!, applicationName: 'cold', max: 4 });
  await eventually(async () => {
    await cold.warm();
    expect(cold.idleCount).toBe(2);
  });
  await cold.end();
  const nowhere = createPool({ url: 'postgres://127.0.0.1:1/nothing', applicationName: 'nowhere', max: 4 });
  await nowhere.warm();
  expect(nowhere.totalCount).toBe(0);
  await nowhere.end();
});

describe('a frozen server', () => {
  test('fails statements within their deadline, and later ones at once', async () => {
    await things();
    server.freeze();
    await expect(asRequest(things, { deadlineMs: 300 })).rejects.toEqual(code('TIMEOUT'));
    await eventually(() => expect(things()).rejects.toEqual(code('UNAVAILABLE')));
    const connections = pool.totalCount;
    const all = Array.from({ length: 50 }, (_, index) => asRequest(things, { viewer: BigInt(index) }));
    expect(pool.totalCount).toBe(connections);
    const outcomes = await Promise.allSettled(all);
    expect(outcomes).toEqual(outcomes.map(() => ({ status: 'rejected', reason: code('UNAVAILABLE') })));
  });

  test('is used again when it is back, over new connections', async () => {
    await things();
    server.freeze();
    await eventually(() => expect(things()).rejects.toEqual(code('UNAVAILABLE')));
    server.thaw();
    await eventually(async () => expect(await things()).toEqual([{ id: 1 }, { id: 2 }]));
  });

  test('leaves no transaction half done', async () => {
    const writing = transaction(pool, async (tx) => {
      await tx.query('INSERT INTO thing VALUES (3)');
      server.freeze();
      await tx.query('INSERT INTO thing VALUES (4)');
    });
    await expect(writing).rejects.toEqual(code('UNAVAILABLE'));
    server.thaw();
    await eventually(async () => expect(await things()).toHaveLength(2));
  });
});

describe('a request', () => {
  test.each([
    ['a deadline', 1000, 'TIMEOUT'],
    ['no deadline', undefined, 'UNAVAILABLE'],
  ])('that got an error is not committed later: one with %s', async (requestId, deadlineMs, expected) => {
    let backend = 0;
    const write = () =>
      transaction(pool, async (tx) => {
        await tx.query('INSERT INTO thing VALUES (3)');
        backend = (await tx.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
        server.freeze();
      });
    await expect(asRequest(write, { deadlineMs, requestId })).rejects.toEqual(code(expected));
    expect(backend).toBeGreaterThan(0);
    server.thaw();
    // When it ends, it has read the COMMIT.
    await eventually(async () => {
      const { rows } = await environment.database.pool.query('SELECT FROM pg_stat_activity WHERE pid = $1', [backend]);
      expect(rows).toEqual([]);
    });
    await eventually(async () => expect(await things()).toHaveLength(2));
  });

  test('stops using Postgres after its deadline, or when its caller has gone', async () => {
    await expect(asRequest(things, { deadlineMs: -1 })).rejects.toEqual(code('TIMEOUT'));
    await expect(asRequest(things, { signal: AbortSignal.abort() })).rejects.toEqual(code('TIMEOUT'));
    const late = transaction(pool, async (tx) => {
      await tx.query('INSERT INTO thing VALUES (5)');
      await expect(asRequest(() => tx.query('INSERT INTO thing VALUES (6)'), { deadlineMs: -1 })).rejects.toEqual(
        code('TIMEOUT'),
      );
      throw new Error('rolled back');
    });
    await expect(late).rejects.toThrow('rolled back');
    expect(await things()).toHaveLength(2);
  });

  test('ends in a typed error once it has used up its database time, while others go on', async () => {
    const sleep = () => pool.query('SELECT pg_sleep(1.6)');
    await asRequest(() => Promise.all([sleep(), sleep()]), { requestId: 'costly' });
    await expect(asRequest(things, { requestId: 'costly' })).rejects.toEqual(code('DATABASE_TIME_EXCEEDED'));
    await expect(asRequest(things, { requestId: 'other' })).resolves.toHaveLength(2);
  });

  test('gives each client at most its quota, so that its requests wait only for each other', async () => {
    const seen: number[] = [];
    const count = async () => {
      const { rows } = await pool.query(
        `SELECT count(*)::int AS running FROM pg_stat_activity WHERE application_name = 'bounds' AND query LIKE '%pg_sleep(0.05)%'
         AND pid <> pg_backend_pid() AND state = 'active'`,
      );
      seen.push(rows[0].running);
    };
    const busy = Array.from({ length: 12 }, (_, index) =>
      asRequest(() => pool.query('SELECT pg_sleep(0.05)'), { requestId: `busy ${index}` }),
    );
    // On a busy machine, the last ones may time out.
    const done = Promise.allSettled(busy);
    for (let asked = 0; asked < 5; asked++) {
      await eventually(() => asRequest(count, { viewer: 2n, requestId: `other ${asked}` }));
    }
    await done;
    expect(Math.max(...seen)).toBeLessThanOrEqual(2);
  });
});

describe('a locked table', () => {
  test('affects only its own statements, which fail at once until the lock is released', async () => {
    const holder = await environment.database.pool.connect();
    await holder.query('CREATE TABLE IF NOT EXISTS other (id int)');
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE thing');
    const asked = (viewer: bigint) => asRequest(things, { viewer, requestId: String(viewer) });
    await Promise.allSettled([asked(1n), asked(2n), asked(3n)]);
    await expect(asked(4n)).rejects.toEqual(code('UNAVAILABLE'));
    await expect(asRequest(() => pool.query('SELECT * FROM other'))).resolves.toBeDefined();
    await holder.query('ROLLBACK');
    holder.release();
    await eventually(async () => expect(await asked(5n)).toHaveLength(2));
  });

  test('is waited for no longer than the deadline, by transactions that would try again too', async () => {
    const holder = await environment.database.pool.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE thing');
    let attempts = 0;
    const write = () =>
      transaction(pool, async (tx) => {
        attempts += 1;
        await tx.query('INSERT INTO thing VALUES (7)');
      });
    await expect(asRequest(write, { deadlineMs: 1500 })).rejects.toEqual(code('TIMEOUT'));
    expect(attempts).toBeLessThanOrEqual(2);
    await holder.query('ROLLBACK');
    holder.release();
    expect(await things()).toHaveLength(2);
  });

  test('leaves connections to requests, however many workers wait for it', async () => {
    const holder = await environment.database.pool.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE thing');
    const workers = Promise.allSettled(Array.from({ length: 8 }, things));
    await eventually(() => asRequest(() => pool.query('SELECT 1')));
    await holder.query('ROLLBACK');
    holder.release();
    await workers;
    // Two connections of all workers, and one of the request.
    expect(pool.totalCount).toBeLessThanOrEqual(3);
  });
});
