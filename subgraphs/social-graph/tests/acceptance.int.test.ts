import { createOutbox } from '@tintype/events';
import {
  createEnvironment,
  createWorld,
  type Environment,
  eventually,
  explain,
  fakeSubgraphs,
  fill,
  ONE_RANGE_SCAN,
  startSubgraphs,
  type TestSubgraphs,
  vacuumAnalyze,
  type World,
} from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OLDEST_REQUESTS } from '../src/follow/acceptance.repository.ts';
import { createAcceptanceService } from '../src/follow/acceptance.service.ts';
import { createPublisher } from '../src/follow/follow.publisher.ts';
import { wireSocialGraph } from '../src/index.ts';
import { applyVisibility } from '../src/person/visibility.repository.ts';
import { createVisibilityService, type VisibilityService } from '../src/person/visibility.service.ts';

const ASKING = 25;
let environment: Environment;
let world: World;
let graph: TestSubgraphs;
let visibility: VisibilityService;
let owner: bigint;
let version: bigint;
let wakes = 0;
beforeAll(async () => {
  environment = await createEnvironment();
  world = createWorld(environment);
  // Without workers, so that the tests decide when requests are accepted.
  graph = await startSubgraphs(environment, { ...fakeSubgraphs(world.answers), 'social-graph': wireSocialGraph });
  visibility = createVisibilityService({
    pool: environment.database.pool,
    client: graph.clientOf('social-graph'),
    onPublic: () => {
      wakes += 1;
    },
  });
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});
/** A private account that people have asked to follow. */
beforeEach(async () => {
  [owner] = (await world.register(1)) as [bigint];
  version = 1n;
  await become(true);
  await ask(ASKING);
});

const sql = async <Row extends object>(text: string, values: unknown[]): Promise<Row[]> =>
  (await environment.database.pool.query<Row>(text, values)).rows;

/** What the consumer of account events does when the account becomes private or public. */
async function become(isPrivate: boolean): Promise<void> {
  version += 1n;
  const state = { id: owner, isPrivate, isDeactivated: false, isDeleted: false, visibilityVersion: version };
  await visibility.apply([{ ...state, sequence: version }]);
}

async function ask(count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => environment.ids.next());
  await sql('INSERT INTO social_graph.person (user_id, is_private) SELECT unnest($1::bigint[]), false', [ids]);
  await sql(
    'INSERT INTO social_graph.follow_request (followee_id, follower_id, id) SELECT $1, id, id FROM unnest($2::bigint[]) AS id',
    [owner, ids],
  );
}

const acceptances = (page: number) => {
  const publisher = createPublisher(createOutbox({ owner: 'social-graph', ids: environment.ids }));
  return createAcceptanceService({ pool: environment.database.pool, ids: environment.ids, publisher, page });
};
const { signal } = new AbortController();
async function acceptAll(page: number): Promise<void> {
  const { acceptSome } = acceptances(page);
  while (await acceptSome(signal));
}

/** Rows, counts and events of the requests and follows of the account. */
async function state() {
  const [row] = await sql<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM social_graph.follow_request WHERE followee_id = $1) AS requests,
       (SELECT count(*)::int FROM social_graph.follow WHERE followee_id = $1) AS follows,
       (SELECT count(*)::int FROM social_graph.follower WHERE followee_id = $1) AS followers,
       (SELECT follower_count::int FROM social_graph.person WHERE user_id = $1) AS counted,
       (SELECT count(*)::int FROM social_graph.person p JOIN social_graph.follow f ON f.follower_id = p.user_id
         WHERE f.followee_id = $1 AND following_count = 1) AS "countedByFollowers",
       (SELECT count(*)::int FROM social_graph.acceptance WHERE user_id = $1) AS waiting`,
    [owner],
  );
  const events = await sql<{ type: string; subject: string }>(
    `SELECT split_part(type, '.', 3) || CASE WHEN data->>'wasRequested' = 'true' THEN ' accepted' ELSE '' END AS type, subject
     FROM social_graph.outbox WHERE subject LIKE '%:' || $1 ORDER BY position`,
    [String(owner)],
  );
  const bySubject = Map.groupBy(events, ({ subject }) => subject);
  return { ...row, events: [...bySubject.values()].map((some) => some.map(({ type }) => type).join(', ')) };
}
const after = (accepted: number, left: number, waiting = 0) => ({
  requests: left,
  follows: accepted,
  followers: accepted,
  counted: accepted,
  countedByFollowers: accepted,
  waiting,
  events: Array.from({ length: accepted }, () => 'follow-request, follow accepted'),
});

test.each([1, 7, 25, 100])('an account that becomes public accepts every request once, %i at a time', async (page) => {
  expect(await state()).toEqual(after(0, ASKING));
  const before = wakes;
  await become(false);
  expect(wakes).toBe(before + 1);
  expect(await state()).toEqual(after(0, ASKING, 1));
  await acceptAll(page);
  expect(await state()).toEqual(after(ASKING, 0));
  await acceptAll(page);
  expect(await state()).toEqual(after(ASKING, 0));
});

test('changes that arrive together are applied in their order, and each account has its own', async () => {
  const [other] = await world.register(1);
  const change = (id: bigint, isPrivate: boolean, sequence: bigint) => {
    return { id, isPrivate, isDeactivated: false, isDeleted: false, visibilityVersion: sequence, sequence };
  };
  const before = wakes;
  const changes = [change(other!, false, 20n), change(owner, false, 20n), change(owner, true, 21n)];
  for (let time = 0; time < 2; time++) await visibility.apply(changes);
  const privacy = await sql<{ id: string; isPrivate: boolean }>(
    'SELECT user_id::text AS id, is_private AS "isPrivate" FROM social_graph.person WHERE user_id = ANY($1)',
    [[other, owner]],
  );
  expect(Object.fromEntries(privacy.map(({ id, isPrivate }) => [id, isPrivate]))).toEqual({
    [String(other)]: false,
    [String(owner)]: true,
  });
  expect(wakes).toBe(before + 1);
});

test('several processes accept each request once', async () => {
  await become(false);
  await Promise.all([acceptAll(4), acceptAll(6), acceptAll(25), become(false)]);
  await acceptAll(25);
  expect(await state()).toEqual(after(ASKING, 0));
});

test('stops when the account becomes private again, and continues when it is public', async () => {
  await become(false);
  await acceptances(10).acceptSome(signal);
  await become(true);
  await acceptAll(10);
  expect(await state()).toEqual(after(10, 15));
  await ask(2);
  await become(false);
  await acceptAll(10);
  expect(await state()).toEqual(after(ASKING + 2, 0));
});

test('a public account without requests has nothing to wait for', async () => {
  await become(false);
  await acceptAll(100);
  const before = wakes;
  await become(false);
  expect(wakes).toBe(before);
  expect(await state()).toEqual(after(ASKING, 0));
});

test('accounts take turns', async () => {
  const first = owner;
  await become(false);
  [owner] = (await world.register(1)) as [bigint];
  await become(true);
  await ask(3);
  await become(false);
  await acceptances(3).acceptSome(signal);
  expect(await state()).toEqual(after(3, 0, 1));
  owner = first;
  expect(await state()).toEqual(after(3, ASKING - 3, 1));
  await acceptAll(100);
});

test('a deleted account accepts none', async () => {
  await become(false);
  await applyVisibility(environment.database.pool, {
    id: owner,
    isPrivate: null,
    isDeactivated: false,
    isDeleted: true,
    visibilityVersion: 99n,
    sequence: 99n,
  });
  await acceptAll(10);
  expect(await state()).toEqual(after(0, ASKING));
});

test('the worker accepts requests when it hears that an account is public', async () => {
  const platform = await createEnvironment();
  const other = createWorld(platform);
  const wires = { ...fakeSubgraphs(other.answers), 'social-graph': wireSocialGraph };
  const running = await startSubgraphs(platform, wires, { workers: true });
  const [celebrity, fan] = (await other.register(2)) as [bigint, bigint];
  await other.setPrivate(celebrity);
  const { pool } = platform.database;
  const count = async (table: string) =>
    (await pool.query(`SELECT count(*)::int AS n FROM social_graph.${table} WHERE followee_id = $1`, [celebrity]))
      .rows[0].n;
  const known = 'SELECT FROM social_graph.person WHERE user_id = ANY($1) AND (is_private OR user_id = $2)';
  await eventually(async () => expect((await pool.query(known, [[celebrity, fan], fan])).rows).toHaveLength(2));
  await pool.query('INSERT INTO social_graph.follow_request (followee_id, follower_id, id) VALUES ($1, $2, 1)', [
    celebrity,
    fan,
  ]);
  await other.setPrivate(celebrity, false);
  await eventually(async () => expect([await count('follow_request'), await count('follow')]).toEqual([0, 1]));
  await running.close();
  await platform.close();
});

test('a page of requests is one range scan over 100,000 rows', async () => {
  const { pool } = environment.database;
  await fill(
    pool,
    'INSERT INTO social_graph.follow_request (followee_id, follower_id, id) SELECT 1 + n % 5, n, n FROM generate_series(1, 100000) n',
  );
  await vacuumAnalyze(pool, 'social_graph.follow_request');
  expect((await explain(pool, OLDEST_REQUESTS, [3n, 200])).join()).toMatch(ONE_RANGE_SCAN);
});
