import { requireGlobalId } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import {
  createEnvironment,
  type Environment,
  eventually,
  explain,
  fill,
  ONE_RANGE_SCAN,
  type TestSubgraphs,
  vacuumAnalyze,
  type World,
} from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createInfluenceService } from '../src/discovery/influence/influence.service.ts';
import {
  addTopicPost,
  claimTopic,
  INFLUENCER_PAGE,
  removeTopicPost,
  TOPIC_PEOPLE,
} from '../src/discovery/influence/topic.repository.ts';
import { importFollows } from '../src/index.ts';
import { openSocialGraph, type SocialGraphFixture } from './social-graph.fixture.ts';

type Page = {
  edges: { cursor: string; node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
};

let fixture: SocialGraphFixture;
let environment: Environment;
let world: World;
let graph: TestSubgraphs;
let people: bigint[];
let tag: string;
let round = 0;
beforeAll(async () => {
  fixture = await openSocialGraph();
  ({ environment, world, graph } = fixture);
});
afterAll(() => fixture.close());
beforeEach(async () => {
  tag = `topic${++round}`;
  people = await world.register(6);
  const [star, second, ...fans] = people as [bigint, bigint, ...bigint[]];
  await importFollows(environment, [
    ...fans.map((fan) => [fan, star] as const),
    [fans[0]!, second],
    [fans[1]!, second],
  ]);
});

const publish = (authorId: bigint) => world.publish(authorId, `#${tag}`);
/** Makes the computation due now. */
const hurry = () =>
  environment.database.pool.query(`UPDATE social_graph.topic SET due_at = now() WHERE due_at IS NOT NULL`);
async function page(viewer: bigint | null, args = '', hashtag = tag): Promise<Page> {
  const query = `{ influencers(hashtag: "${hashtag}" ${args}) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`;
  return (await graph.ask<{ influencers: Page }>('social-graph', viewer, query)).influencers;
}
const idsOf = ({ edges }: Page) => edges.map(({ node }) => requireGlobalId('User', node.id));
const computed = (viewer: bigint | null, ids: readonly bigint[]) =>
  eventually(async () => {
    await hurry();
    expect(idsOf(await page(viewer))).toEqual(ids);
  });

test('people who post with a hashtag are ranked by followers among the others, and nobody else is listed', async () => {
  const [star, second, fan, , other] = people as [bigint, bigint, bigint, bigint, bigint];
  const posts = new Map<bigint, bigint>();
  for (const author of [star, second, fan, other]) posts.set(author, await publish(author));
  await computed(
    null,
    [star, second, other, fan].toSorted((one, two) => order(one, two, [star, second])),
  );
  expect(idsOf(await page(null, '', `#${tag.toUpperCase()}`))).toHaveLength(4);
  await world.deletePost(posts.get(star)!);
  await computed(null, [second, ...[fan, other].toSorted((one, two) => order(one, two, []))]);
});

/** The named people first, then the others, newest account first. */
function order(one: bigint, other: bigint, named: readonly bigint[]): number {
  const rank = (id: bigint) => (named.includes(id) ? named.indexOf(id) : named.length);
  return rank(one) - rank(other) || Number(other - one);
}

test('pages lead to the end, without private and blocked people', async () => {
  const { pool } = environment.database;
  const [star, second, ...fans] = people as [bigint, bigint, ...bigint[]];
  for (const author of people) await publish(author);
  const all = [star, second, ...fans.toReversed()];
  await computed(null, all);
  for (const first of [1, 2, 6]) {
    const seen: bigint[] = [];
    for (let after = '', more = true; more; ) {
      const found = await page(null, `first: ${first} ${after && `after: "${after}"`}`);
      seen.push(...idsOf(found));
      ({ hasNextPage: more, endCursor: after } = found.pageInfo);
    }
    expect(seen).toEqual(all);
  }
  await pool.query('UPDATE social_graph.person SET is_private = true WHERE user_id = $1', [star]);
  expect(idsOf(await page(null))).toEqual(all.slice(1));
  expect(idsOf(await page(fans[0]!))).toEqual(all);
  await graph.ask(
    'social-graph',
    second,
    `mutation { blockUser(input: { userId: "${globalId('User', fans[0]!)}" }) { errors { code } } }`,
  );
  expect(idsOf(await page(fans[0]!))).not.toContain(second);
  expect(idsOf(await page(second))).not.toContain(fans[0]);
});

test('another worker computes a topic whose worker was killed, and events of posts can arrive in any order', async () => {
  const still = await createEnvironment();
  const { pool } = still.database;
  const post = { postId: 7n, authorId: 1n, keys: ['fog'], publishedMs: BigInt(Date.now()) };
  await transaction(pool, (tx) => addTopicPost(tx, post));
  await transaction(pool, (tx) => addTopicPost(tx, post));
  await transaction(pool, (tx) => removeTopicPost(tx, 8n));
  await transaction(pool, (tx) => addTopicPost(tx, { ...post, postId: 8n, authorId: 2n }));
  for (const id of [3n, 4n])
    await transaction(pool, (tx) => addTopicPost(tx, { ...post, postId: 100n + id, authorId: id }));
  await pool.query(`UPDATE social_graph.topic SET due_at = now() - interval '1 s'`);
  const killed = transaction(pool, async (tx) => {
    expect(await claimTopic(tx)).toBe('fog');
    throw new Error('killed');
  });
  await expect(killed).rejects.toThrow('killed');
  const influence = createInfluenceService({ pool });
  expect([await influence.nextDue(), await influence.nextDue()]).toEqual(['fog', null]);
  const { rows } = await pool.query(
    'SELECT person_id::int AS person, score::int AS score FROM social_graph.influencer ORDER BY 1',
  );
  expect(rows).toEqual([1, 3, 4].map((person) => ({ person, score: 333_333_333 })));
  // It is computed again the next day. With two people left, there are no influencers.
  await transaction(pool, (tx) => removeTopicPost(tx, 104n));
  await pool.query(
    `UPDATE social_graph.topic SET due_at = now() - interval '1 s' WHERE due_at < now() + interval '1 hour'`,
  );
  expect([await influence.nextDue(), await influence.nextDue()]).toEqual(['fog', null]);
  expect((await pool.query('SELECT 1 FROM social_graph.influencer')).rows).toEqual([]);
  await still.close();
});

test.each(['nothing.such', '', '!!!', 'a\\u0000b', '\\u202e', '#'.repeat(300), 'x'.repeat(10_000)])(
  'of "%.20s" there are none',
  async (hashtag) => {
    expect(await page(null, '', hashtag)).toMatchObject({ edges: [], pageInfo: { hasNextPage: false } });
  },
);

test.each(['first: 0', 'first: 101', 'after: "x"'])('%s is refused', async (args) => {
  await expect(page(null, args)).rejects.toThrow();
});

test('a page is one range scan over 100,000 rows', async () => {
  const { pool } = environment.database;
  await fill(
    pool,
    `INSERT INTO social_graph.influencer (key, person_id, score)
       SELECT 'key' || n % 500, n, n % 977 FROM generate_series(1, 100000) n`,
  );
  await fill(
    pool,
    `INSERT INTO social_graph.topic_post (key, post_id, author_id, published_at)
       SELECT 'key' || n % 4, n, n % 5000, now() - n * interval '1 second' FROM generate_series(1, 100000) n`,
  );
  await vacuumAnalyze(pool, 'social_graph.influencer', 'social_graph.topic_post');
  expect(await explain(pool, TOPIC_PEOPLE, ['key3'])).toContain('Index Scan');
  expect((await explain(pool, INFLUENCER_PAGE, ['key7', 500n, 2n ** 62n, 21])).join()).toMatch(ONE_RANGE_SCAN);
});
