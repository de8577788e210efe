import { globalId } from '@tintype/ids';
import {
  type Environment,
  eventually,
  explain,
  fill,
  referenceTo,
  type TestSubgraphs,
  vacuumAnalyze,
  type World,
} from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MUTUAL_COUNTS, MUTUAL_PAGES } from '../src/discovery/mutual/mutual.repository.ts';
import { importFollows } from '../src/index.ts';
import { openSocialGraph, type SocialGraphFixture } from './social-graph.fixture.ts';

type Mutual = {
  mutualFollowerCount: number;
  mutualFollowers: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
};

let fixture: SocialGraphFixture;
let environment: Environment;
let world: World;
let graph: TestSubgraphs;
let [viewer, star]: bigint[] = [];
let fans: bigint[] = [];
beforeAll(async () => {
  fixture = await openSocialGraph();
  ({ environment, world, graph } = fixture);
});
afterAll(() => fixture.close());
beforeEach(async () => {
  [viewer, star, ...fans] = await world.register(14);
  const pairs = fans.flatMap((fan, n) => [[fan, star!] as const, ...(n % 2 ? [[viewer!, fan] as const] : [])]);
  await importFollows(environment, pairs);
});

async function mutual(who: bigint | null, first = 20, after: string | null = null): Promise<Mutual> {
  const query = `query ($r: [_Any!]!, $first: Int, $after: String) { _entities(representations: $r) { ... on User {
    mutualFollowerCount mutualFollowers(first: $first, after: $after) {
      edges { node { id } } pageInfo { hasNextPage endCursor } } } } }`;
  const variables = { r: [referenceTo('User', star!)], first, after };
  return (await graph.ask<{ _entities: [Mutual] }>('social-graph', who, query, variables))._entities[0];
}
const idsOf = ({ mutualFollowers }: Mutual) => mutualFollowers.edges.map(({ node }) => node.id);
const expected = () => fans.filter((_, n) => n % 2).map((id) => globalId('User', id));

test.each([1, 4, 20])(
  'mutual followers are whom the viewer follows and who follow the account, in pages of %i',
  async (first) => {
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const found = await mutual(viewer!, first, after);
      expect(found.mutualFollowerCount).toBe(6);
      seen.push(...idsOf(found));
      ({ hasNextPage: more, endCursor: after } = found.mutualFollowers.pageInfo);
    }
    expect(seen).toEqual(expected());
  },
);

test('are counted equally from the shorter list, whichever that is', async () => {
  const followed = await world.register(20);
  await importFollows(
    environment,
    followed.map((id) => [viewer!, id] as const),
  );
  expect(await mutual(viewer!)).toMatchObject({ mutualFollowerCount: 6 });
});

test('visitors and people who may not see the followers have none', async () => {
  const none = { mutualFollowerCount: 0, mutualFollowers: { edges: [] } };
  expect(await mutual(null)).toMatchObject(none);
  await world.setPrivate(star!);
  await eventually(async () => expect(await mutual(viewer!)).toMatchObject(none));
});

test('blocked people are not among them', async () => {
  const [, blocked] = fans;
  await graph.ask(
    'social-graph',
    viewer!,
    `mutation { blockUser(input: { userId: "${globalId('User', blocked!)}" }) { errors { code } } }`,
  );
  expect(idsOf(await mutual(viewer!))).toEqual(expected().slice(1));
});

test('a page reads no whole table, and of a celebrity only people whom the viewer follows', async () => {
  const { pool } = environment.database;
  await fill(
    pool,
    `INSERT INTO social_graph.follower (followee_id, follower_id, id) SELECT 7, n, n FROM generate_series(1, 100000) n`,
  );
  await fill(
    pool,
    `INSERT INTO social_graph.follow (follower_id, followee_id, id) SELECT 1 + n % 200, n, n FROM generate_series(1, 100000) n`,
  );
  await fill(
    pool,
    'INSERT INTO social_graph.person (user_id, follower_count) SELECT n, n FROM generate_series(1, 10000) n',
  );
  await vacuumAnalyze(pool, 'social_graph.follower', 'social_graph.follow', 'social_graph.person');
  const nodes = await explain(pool, MUTUAL_PAGES, [5n, [7n], [100n], [21]]);
  expect(nodes.join()).toMatch(/,Limit,Nested Loop,Index Only Scan,Index Only Scan$/);
  expect((await explain(pool, MUTUAL_COUNTS, [5n, [7n]])).join()).not.toMatch(/Seq Scan/);
});
