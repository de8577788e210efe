import { globalId } from '@tintype/ids';
import {
  createEnvironment,
  createWorld,
  type Environment,
  explain,
  fakeSubgraphs,
  fill,
  ONE_RANGE_SCAN_EACH,
  referenceTo,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIST_QUERIES } from '../src/connections/connection.repository.ts';
import { importFollows, wireSocialGraph } from '../src/index.ts';

type Page = {
  totalCount: number;
  edges: { cursor: string; node: { id: string } }[];
  pageInfo: Record<string, unknown>;
};

let environment: Environment;
let world: World;
let graph: TestSubgraphs;
let star: bigint;
let fans: bigint[];
beforeAll(async () => {
  environment = await createEnvironment();
  world = createWorld(environment);
  graph = await startSubgraphs(environment, { ...fakeSubgraphs(world.answers), 'social-graph': wireSocialGraph });
  [star, ...fans] = (await world.register(13)) as [bigint, ...bigint[]];
  await importFollows(
    environment,
    fans.map((fan) => [fan, star] as const),
  );
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

const FIELDS =
  '{ totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }';
async function followers(viewer: bigint | null, first: number, after?: string): Promise<Page> {
  const query = `query ($r: [_Any!]!, $first: Int, $after: String) {
    _entities(representations: $r) { ... on User { followers(first: $first, after: $after) ${FIELDS} } }
  }`;
  const variables = { r: [referenceTo('User', star)], first, after };
  const { _entities } = await graph.ask<{ _entities: [{ followers: Page }] }>('social-graph', viewer, query, variables);
  return _entities[0].followers;
}
async function all(viewer: bigint | null, first: number): Promise<string[]> {
  const ids: string[] = [];
  let page = await followers(viewer, first);
  for (;;) {
    ids.push(...page.edges.map((edge) => edge.node.id));
    if (!page.pageInfo.hasNextPage) return ids;
    expect(page.edges).toHaveLength(first);
    page = await followers(viewer, first, page.pageInfo.endCursor as string);
    expect(page.pageInfo.hasPreviousPage).toBe(true);
  }
}

describe('followers', () => {
  test.each([1, 3, 5, 12, 100])('come newest first, in pages of %i, to the end', async (first) => {
    expect(await all(null, first)).toEqual(fans.map((id) => globalId('User', id)).toReversed());
  });

  test('know that they are the last', async () => {
    const { pageInfo, edges } = await followers(null, 12);
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false, endCursor: edges.at(-1)!.cursor });
  });

  test('with a block in either direction are left out, and pages stay as long', async () => {
    const [viewer, hidden, hiding] = [fans[0]!, fans[5]!, fans[8]!];
    const block = (who: bigint, whom: bigint) =>
      graph.ask(
        'social-graph',
        who,
        `mutation { blockUser(input: { userId: "${globalId('User', whom)}" }) { errors { code } } }`,
      );
    await block(viewer, hidden);
    await block(hiding, viewer);
    const shown = await all(viewer, 4);
    expect(shown).toEqual(
      fans
        .filter((fan) => fan !== hidden && fan !== hiding)
        .map((id) => globalId('User', id))
        .toReversed(),
    );
    expect(await all(null, 4)).toHaveLength(12);
  });

  test('are counted on every page, hidden ones included', async () => {
    expect((await followers(null, 5)).totalCount).toBe(12);
    expect((await followers(fans[0]!, 100)).totalCount).toBe(12);
  });

  test('are counted separately from the people whom the account follows', async () => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User {
      followers { totalCount } following { totalCount edges { node { id } } } } } }`;
    const r = [referenceTo('User', star), referenceTo('User', fans[0]!)];
    expect(await graph.ask('social-graph', null, query, { r })).toEqual({
      _entities: [
        { followers: { totalCount: 12 }, following: { totalCount: 0, edges: [] } },
        {
          followers: { totalCount: 0 },
          following: { totalCount: 1, edges: [{ node: { id: globalId('User', star) } }] },
        },
      ],
    });
  });

  test('refuse invalid sizes and cursors of other lists', async () => {
    const cursor = (await followers(null, 1)).edges[0]!.cursor;
    for (const first of [0, -1, 101, 10_000]) await expect(followers(null, first)).rejects.toThrow('first must be');
    await expect(followers(null, 2, `${cursor}x`)).rejects.toThrow('cursor');
    const requests = `{ followRequests(after: "${cursor}") { edges { cursor } } }`;
    await expect(graph.ask('social-graph', star, requests)).rejects.toThrow('cursor');
  });

  test('of a private account are visible only to its followers', async () => {
    await environment.database.pool.query('UPDATE social_graph.person SET is_private = true WHERE user_id = $1', [
      star,
    ]);
    expect(await followers(null, 5)).toMatchObject({ totalCount: 12, edges: [] });
    expect((await followers(fans[1]!, 5)).edges).toHaveLength(5);
    expect((await followers(star, 5)).edges).toHaveLength(5);
  });
});

test('every list is one index range scan over 100,000 rows', async () => {
  const { pool } = environment.database;
  await fill(
    pool,
    `
    INSERT INTO social_graph.follow (follower_id, followee_id, id)
      SELECT 1 + n % 10, 1000 + n, 5000000 + n FROM generate_series(1, 100000) n;
    INSERT INTO social_graph.follower (followee_id, follower_id, id)
      SELECT 1 + n % 10, 1000 + n, 5000000 + n FROM generate_series(1, 100000) n;
    INSERT INTO social_graph.follow_request (followee_id, follower_id, id)
      SELECT 1 + n % 10, 1000 + n, 5000000 + n FROM generate_series(1, 100000) n;
    ANALYZE social_graph.follow; ANALYZE social_graph.follower; ANALYZE social_graph.follow_request;`,
  );
  for (const list of Object.values(LIST_QUERIES)) {
    for (const id of [0n, 2n ** 62n, 5_050_000n, 5_010_000n]) {
      for (const direction of ['forward', 'backward'] as const)
        expect((await explain(pool, list(direction), [[5n], [id], [21]])).join()).toMatch(ONE_RANGE_SCAN_EACH);
    }
  }
});
