import { createOutbox, createRelay } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import type { SocialGraphEvents } from '@tintype/schema/events/social-graph';
import { registry } from '@tintype/telemetry';
import { createEnvironment, type Environment, eventually, explain, fill, vacuumAnalyze } from '@tintype/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  MARK_FOLLOWERS,
  markFollowers,
  noteChanges,
  oldestChange,
} from '../src/discovery/suggestion/change.repository.ts';
import { createMarkFollowersJob } from '../src/discovery/suggestion/mark-followers.job.ts';
import { createSuggestionConsumer } from '../src/discovery/suggestion/on-graph-changed.consumer.ts';
import { createRefreshService } from '../src/discovery/suggestion/refresh.service.ts';
import { DEBOUNCE } from '../src/discovery/suggestion/suggestion.rules.ts';
import { importFollows } from '../src/index.ts';

const AT_ONCE = { gather: 0, neighbours: 0 };
const MINUTE = 60_000;

let environment: Environment;
beforeAll(async () => {
  environment = await createEnvironment();
});
afterAll(() => environment.close());
beforeEach(async () => {
  await sql(
    `TRUNCATE social_graph.suggestion_change, social_graph.suggestion_dirty, social_graph.suggestion_reader, social_graph.suggestion,
       social_graph.follow, social_graph.follower, social_graph.person`,
  );
});

async function sql<Row = object>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await environment.database.pool.query(text, values)).rows as Row[];
}
const addReaders = (ids: readonly bigint[]) =>
  sql('INSERT INTO social_graph.suggestion_reader (viewer_id) SELECT unnest($1::bigint[])', [ids]);
const addFollowers = (followee: bigint, followers: readonly bigint[]) =>
  sql('INSERT INTO social_graph.follower (followee_id, follower_id, id) SELECT $1, n, n FROM unnest($2::bigint[]) n', [
    followee,
    followers,
  ]);
const noted = async () =>
  (await sql<{ id: string }>('SELECT person_id AS id FROM social_graph.suggestion_change ORDER BY person_id')).map(
    ({ id }) => BigInt(id),
  );
const marked = async () =>
  (await sql<{ id: string }>('SELECT viewer_id AS id FROM social_graph.suggestion_dirty ORDER BY viewer_id')).map(
    ({ id }) => BigInt(id),
  );
const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => BigInt(from + index));

describe('the consumer', () => {
  test('marks each person with changes once, and records each person with changed follows once', async () => {
    const { bus, database, ids, log } = environment;
    const { pool } = database;
    const [busy, quiet, follower] = [1n, 2n, 3n];
    await sql('INSERT INTO social_graph.person (user_id) SELECT generate_series(1, 60)');
    await addReaders([busy, quiet, follower]);
    await importFollows(environment, [
      [follower, busy],
      [follower, quiet],
    ]);
    await importFollows(
      environment,
      range(10, 50).map((whom) => [busy, whom] as const),
    );
    const mute = { muterId: String(quiet), mutedId: '10' };
    await createOutbox<SocialGraphEvents>({ owner: 'social-graph', ids }).append(pool, [
      { type: 'tintype.social-graph.mute.created.v1', subject: `${quiet}:10`, data: mute },
    ]);
    const relay = createRelay({ owner: 'social-graph', database, bus, log });
    const consumer = createSuggestionConsumer({ bus, pool, log });
    await relay.start();
    await consumer.start();
    await eventually(async () => expect(await marked()).toEqual([busy, quiet, follower]));
    await eventually(async () => expect(await noted()).toEqual([busy, follower]));
    await consumer.stop();
    await relay.stop();
  });
});

describe('a note', () => {
  test('exists once for each person from the first change, whatever is concurrent', async () => {
    const { pool } = environment.database;
    const people = range(1, 300);
    await noteChanges(pool, people.slice(0, 50));
    await sql(`UPDATE social_graph.suggestion_change SET changed_at = now() - interval '10 seconds'`);
    const turned = (by: number) => [...people.slice(by), ...people.slice(0, by)];
    await Promise.all(
      [0, 70, 140, 210].flatMap((by) => [turned(by), turned(by).reverse()]).map((some) => noteChanges(pool, some)),
    );
    expect(await noted()).toEqual(people);
    const old = `SELECT person_id FROM social_graph.suggestion_change WHERE changed_at < now() - interval '10 seconds'`;
    expect(await sql(old)).toHaveLength(50);
  });

  test('does not exist for deleted accounts', async () => {
    await sql('INSERT INTO social_graph.person (user_id, deleted) VALUES (1, true), (2, false)');
    await noteChanges(environment.database.pool, [1n, 2n, 3n]);
    expect(await noted()).toEqual([2n, 3n]);
  });

  test('is taken only after a while, to gather changes', async () => {
    const { pool } = environment.database;
    await noteChanges(pool, [1n]);
    expect(await markFollowers(pool, DEBOUNCE)).toBe(0);
    await sql(`UPDATE social_graph.suggestion_change SET changed_at = now() - $1 * interval '1 ms'`, [DEBOUNCE.gather]);
    expect(await markFollowers(pool, DEBOUNCE)).toBe(1);
    expect(await noted()).toEqual([]);
    expect(DEBOUNCE.gather).toBeLessThan(DEBOUNCE.neighbours);
  });

  test.each(['ends', 'is killed'])(
    'that is made while its followers are marked is kept if the worker %s',
    async (how) => {
      const { pool } = environment.database;
      const [person, viewer] = [1n, 2n];
      await addReaders([viewer]);
      await addFollowers(person, [viewer]);
      await noteChanges(pool, [person]);
      const first = await sql<{ at: Date }>('SELECT changed_at AS at FROM social_graph.suggestion_change');
      const client = await pool.connect();
      const [{ pid }] = (await client.query('SELECT pg_backend_pid() AS pid')).rows as [{ pid: number }];
      const waits = (of: string) =>
        sql(
          `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE $1`,
          [of],
        );
      const holder = await pool.connect();
      await holder.query('BEGIN');
      await holder.query('INSERT INTO social_graph.suggestion_dirty VALUES ($1, now())', [viewer]);
      await client.query('SET lock_timeout = 0');
      const marking = Promise.allSettled([markFollowers(client, AT_ONCE)]);
      await eventually(async () => expect(await waits('%WITH waiting%')).toHaveLength(1));
      const noter = await pool.connect();
      await noter.query('SET lock_timeout = 0');
      const noting = noteChanges(noter, [person]);
      await eventually(async () => expect(await waits('%INSERT INTO social_graph.suggestion_change%')).toHaveLength(1));
      if (how === 'is killed') await sql('SELECT pg_terminate_backend($1)', [pid]);
      else await holder.query('ROLLBACK');
      const [{ status }] = await marking;
      expect(status).toBe(how === 'ends' ? 'fulfilled' : 'rejected');
      await noting;
      if (how === 'is killed') await holder.query('ROLLBACK');
      for (const one of [client, holder, noter]) one.release(true);
      expect(await marked()).toEqual(how === 'ends' ? [viewer] : []);
      const [{ at }] = (await sql('SELECT changed_at AS at FROM social_graph.suggestion_change')) as [{ at: Date }];
      if (how === 'ends') expect(at.getTime()).toBeGreaterThan(first[0]!.at.getTime());
      else expect(at).toEqual(first[0]!.at);
      expect(await markFollowers(pool, AT_ONCE)).toBe(1);
      expect(await marked()).toEqual([viewer]);
    },
  );
});

describe('marks of followers', () => {
  const minutes = (most: number) => fc.integer({ min: 1, max: most }).map((n) => n * MINUTE);
  const people = fc.integer({ min: 0, max: 11 });
  const world = fc.record({
    follows: fc.uniqueArray(fc.tuple(people, people), { minLength: 40, maxLength: 80, selector: String }),
    readers: fc.uniqueArray(
      fc.record({ id: people, inactive: fc.boolean(), computed: fc.option(minutes(9)), mark: fc.option(minutes(9)) }),
      { minLength: 6, selector: ({ id }) => id },
    ),
    changes: fc.uniqueArray(fc.record({ id: people, age: minutes(9), young: fc.boolean() }), {
      selector: ({ id }) => id,
    }),
  });

  test('are due after the change or the last computation for active people, and never delay an earlier mark', async () => {
    const { pool } = environment.database;
    let compared = 0;
    await fc.assert(
      fc
        .asyncProperty(world, async ({ follows, readers, changes }) => {
          const [{ now }] = (await sql('SELECT floor(extract(epoch FROM now()) * 1000)::float8 AS now')) as [
            { now: number },
          ];
          const time = (name: string) => `to_timestamp(${name}::float8 / 1000)`;
          await sql(
            'INSERT INTO social_graph.follower (followee_id, follower_id, id) SELECT *, 1 FROM unnest($1::bigint[], $2::bigint[])',
            [follows.map(([, whom]) => whom), follows.map(([who]) => who)],
          );
          for (const { id, inactive, computed, mark } of readers) {
            await sql(
              `INSERT INTO social_graph.suggestion_reader VALUES ($1, now() - $2 * interval '1 day', ${time('$3')})`,
              [id, inactive ? 15 : 1, computed && now - computed],
            );
            if (mark)
              await sql(`INSERT INTO social_graph.suggestion_dirty VALUES ($1, ${time('$2')})`, [id, now - mark]);
          }
          // Young changes are in the future, so that none becomes old enough during the test.
          for (const { id, age, young } of changes)
            await sql(`INSERT INTO social_graph.suggestion_change VALUES ($1, ${time('$2')})`, [
              id,
              young ? now + age : now - age,
            ]);

          expect(await markFollowers(pool, DEBOUNCE)).toBe(changes.filter(({ young }) => !young).length);
          const expected = new Map<bigint, number>();
          for (const { id, inactive, computed, mark } of readers) {
            const dues = changes
              .filter((change) => !change.young && follows.some(([who, whom]) => who === id && whom === change.id))
              .map(({ age }) => Math.max(now - age, computed ? now - computed : 0) + DEBOUNCE.neighbours);
            const all = [...(inactive ? [] : dues), ...(mark ? [now - mark] : [])];
            if (all.length > 0) expected.set(BigInt(id), Math.min(...all));
            compared += dues.length;
          }
          const rows = await sql<{ id: string; due: Date }>(
            'SELECT viewer_id AS id, due_at AS due FROM social_graph.suggestion_dirty',
          );
          expect(new Map(rows.map(({ id, due }) => [BigInt(id), due.getTime()]))).toEqual(expected);
          const young = changes.filter((change) => change.young).map(({ id }) => BigInt(id));
          expect(new Set(await noted())).toEqual(new Set(young));
        })
        .beforeEach(async () => {
          await sql(
            'TRUNCATE social_graph.suggestion_change, social_graph.suggestion_dirty, social_graph.suggestion_reader, social_graph.follower',
          );
        }),
      { numRuns: 25 },
    );
    expect(compared).toBeGreaterThan(50);
  });

  test('are made once for each person by parallel workers, for the newest thousand followers', async () => {
    const { pool } = environment.database;
    const [followed, known] = [range(1, 450), 451n];
    const viewers = range(1001, 60);
    const crowd = range(10_001, 1100);
    await addReaders([...viewers, ...crowd]);
    // Each in another order.
    await sql(
      `INSERT INTO social_graph.follower (followee_id, follower_id, id)
       SELECT followee, follower, (followee * follower * 7919) % 10007 FROM unnest($1::bigint[]) followee, unnest($2::bigint[]) follower`,
      [followed, viewers],
    );
    await addFollowers(known, crowd);
    await noteChanges(pool, [...followed, known]);
    const counts = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const own: number[] = [];
        for (let count = 1; count > 0; own.push(count)) count = await markFollowers(pool, AT_ONCE);
        return own;
      }),
    );
    expect(Math.max(...counts.flat())).toBe(100);
    expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(451);
    expect(await noted()).toEqual([]);
    expect(await marked()).toEqual([...viewers, ...crowd.slice(100)]);
  });

  test('cover fewer people in one statement if these have many followers', async () => {
    const { pool } = environment.database;
    await sql(
      'INSERT INTO social_graph.person (user_id, follower_count) SELECT n, 500 * n FROM generate_series(1, 100) n',
    );
    await noteChanges(pool, range(1, 100));
    await sql(`UPDATE social_graph.suggestion_change SET changed_at = now() - person_id * interval '1 second'`);
    const counts: number[] = [];
    for (let count = 1; count > 0; counts.push(count)) count = await markFollowers(pool, AT_ONCE);
    expect(counts).toEqual([20, 20, 20, 20, 20, 0]);
  });

  test('are rolled back with their transaction, but the notes remain', async () => {
    const { pool } = environment.database;
    await addReaders([2n]);
    await addFollowers(1n, [2n]);
    await noteChanges(pool, [1n]);
    const before = await sql('SELECT * FROM social_graph.suggestion_change');
    const killed = transaction(pool, async (tx) => {
      expect(await markFollowers(tx, AT_ONCE)).toBe(1);
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await sql('SELECT * FROM social_graph.suggestion_change')).toEqual(before);
    expect(await marked()).toEqual([]);
    expect(await markFollowers(pool, AT_ONCE)).toBe(1);
    expect(await marked()).toEqual([2n]);
  });

  test('leave no viewer with outdated suggestions, whenever follows begin and end', async () => {
    const { pool } = environment.database;
    const { ids } = environment;
    const refresh = createRefreshService({ pool, ids });
    const [viewers, friend, others] = [range(1, 3), 101n, range(1001, 90)];
    await sql('INSERT INTO social_graph.person (user_id) SELECT unnest($1::bigint[])', [
      [...viewers, friend, ...others],
    ]);
    await importFollows(
      environment,
      viewers.map((viewer) => [viewer, friend] as const),
    );
    for (const viewer of viewers) await refresh.onTheSpot(viewer);
    const unfollow = (whom: bigint) =>
      transaction(pool, async (tx) => {
        await tx.query('DELETE FROM social_graph.follow WHERE follower_id = $1 AND followee_id = $2', [friend, whom]);
        await tx.query('DELETE FROM social_graph.follower WHERE follower_id = $1 AND followee_id = $2', [friend, whom]);
      });
    const waits = async () => (await noted()).length + (await marked()).length > 0;

    // Short rounds, because in long ones later changes would hide a lost one.
    const expected = new Set<bigint>();
    for (let from = 0; from < others.length; from += 3) {
      let writing = 3;
      const write = async (other: bigint) => {
        if (expected.size > 10) {
          const [old] = expected;
          expected.delete(old!);
          await unfollow(old!);
        } else {
          expected.add(other);
          await importFollows(environment, [[friend, other]]);
        }
        await noteChanges(pool, [friend]);
        writing -= 1;
      };
      const work = async (step: () => Promise<unknown>) => {
        while (writing > 0 || (await waits())) await step();
      };
      await Promise.all([
        ...others.slice(from, from + 3).map(write),
        work(() => markFollowers(pool, AT_ONCE)),
        work(() => markFollowers(pool, AT_ONCE)),
        work(() => refresh.nextDue()),
      ]);
      for (const viewer of viewers) {
        const kept = await sql<{ id: string }>(
          'SELECT person_id AS id FROM social_graph.suggestion WHERE viewer_id = $1',
          [viewer],
        );
        expect(new Set(kept.map(({ id }) => BigInt(id)))).toEqual(expected);
      }
    }
  });

  test('are read by keys and indexes only', async () => {
    const { pool } = environment.database;
    await fill(
      pool,
      `INSERT INTO social_graph.suggestion_change SELECT n, now() - n * interval '1 ms' FROM generate_series(1, 100000) n;
       INSERT INTO social_graph.follower SELECT 1 + n % 5000, n, n FROM generate_series(1, 100000) n;
       INSERT INTO social_graph.suggestion_reader SELECT n FROM generate_series(1, 100000) n;
       INSERT INTO social_graph.person (user_id) SELECT n FROM generate_series(1, 100000) n`,
    );
    const tables = ['suggestion_change', 'follower', 'suggestion_reader', 'person'];
    await vacuumAnalyze(pool, ...tables.map((table) => `social_graph.${table}`));
    const nodes = await explain(pool, MARK_FOLLOWERS, [0, 0]);
    expect(nodes.join()).toMatch(/Index Scan/);
    expect(nodes).not.toContain('Seq Scan');
  });
});

test('the job processes all waiting notes, and reports their age', async () => {
  const { pool } = environment.database;
  expect(await oldestChange(pool)).toBe(0);
  await addReaders([1000n]);
  for (const person of range(1, 250)) await addFollowers(person, [1000n]);
  await noteChanges(pool, range(1, 251));
  await sql(`UPDATE social_graph.suggestion_change SET changed_at = now() - interval '1 hour' WHERE person_id <= 250`);
  expect(await oldestChange(pool)).toBeGreaterThanOrEqual(3600);
  const job = createMarkFollowersJob({ pool, log: environment.log });
  await job.start();
  await eventually(async () => expect(await noted()).toEqual([251n]));
  await job.stop();
  expect(await marked()).toEqual([1000n]);
  const { values } = await registry.getSingleMetric('tintype_suggestion_change_age_seconds')!.get();
  expect(values[0]!.value).toBeLessThan(3600);
});
