import { requireGlobalId } from '@tintype/graphql';
import {
  createEnvironment,
  createWorld,
  type Environment,
  eventually,
  explain,
  fakeSubgraphs,
  ONE_RANGE_SCAN,
  startSubgraphs,
  type TestSubgraphs,
  vacuumAnalyze,
  type World,
} from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FOLLOWED_PAGE } from '../src/hashtag/hashtag-follow.repository.ts';
import { HASHTAG_POSTS, POSTS_OF_HASHTAGS } from '../src/hashtag/hashtag-post.repository.ts';
import { wireFeed } from '../src/index.ts';
import { MAX_FOLLOWED } from '../src/limits.ts';

let environment: Environment;
let graph: TestSubgraphs;
let world: World;
/** How often post was asked for visible posts. */
let visibilityCalls = 0;
let people: bigint[];
beforeAll(async () => {
  environment = await createEnvironment();
  world = createWorld(environment);
  const { visiblePosts } = world.answers.post;
  const counted = {
    visiblePosts: (...asked: Parameters<typeof visiblePosts>) => {
      visibilityCalls++;
      return visiblePosts(...asked);
    },
  };
  const wires = { ...fakeSubgraphs(world.answers, { post: counted }), feed: wireFeed };
  graph = await startSubgraphs(environment, wires, { workers: true });
  people = await world.register(6);
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

const publish = async (authorId: bigint, ...hashtags: string[]): Promise<string> =>
  String(await world.publish(authorId, hashtags.map((name) => `#${name}`).join(' ')));

type Payload = { hashtag: { key: string; viewerFollows: boolean } | null; errors: { code: string; path: string[] }[] };
const change = async (verb: 'follow' | 'unfollow', viewer: bigint | null, name: string): Promise<Payload> => {
  const mutation = `mutation ($input: ${verb === 'follow' ? 'FollowHashtagInput' : 'UnfollowHashtagInput'}!) { ${verb}Hashtag(input: $input) {
    hashtag { key viewerFollows } errors { code path }
  } }`;
  return (await graph.ask<Record<string, Payload>>('feed', viewer, mutation, { input: { name } }))[`${verb}Hashtag`]!;
};
const feedOf = async (viewer: bigint): Promise<[string, string | null][]> => {
  type Answer = { homeFeed: { edges: { node: { id: string }; hashtag: { key: string } | null }[] } };
  const query = '{ homeFeed(first: 100) { edges { node { id } hashtag { key } } } }';
  const { homeFeed } = await graph.ask<Answer>('feed', viewer, query);
  return homeFeed.edges.map(({ node, hashtag }) => [String(requireGlobalId('Post', node.id)), hashtag?.key ?? null]);
};
const followedBy = async (viewer: bigint, first: number): Promise<string[]> => {
  const query = `query ($first: Int, $after: String) { followedHashtags(first: $first, after: $after) {
    edges { node { key } } pageInfo { hasNextPage endCursor }
  } }`;
  type Page = {
    followedHashtags: {
      edges: { node: { key: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  };
  const keys: string[] = [];
  for (let after: string | null = null; ; ) {
    const { followedHashtags: page }: Page = await graph.ask<Page>('feed', viewer, query, { first, after });
    keys.push(...page.edges.map((edge) => edge.node.key));
    if (!page.pageInfo.hasNextPage) return keys;
    after = page.pageInfo.endCursor;
  }
};

describe('a followed hashtag', () => {
  test('adds its posts to the home feed, marked as such, until it is unfollowed', async () => {
    const [reader, author, friend] = people as [bigint, bigint, bigint];
    const early = await publish(author, 'harbour');
    await eventually(async () => {
      const text = 'SELECT 1 FROM feed.hashtag_post WHERE post_id = $1';
      expect((await environment.database.pool.query(text, [early])).rows).toHaveLength(1);
    });
    expect(await feedOf(reader)).toEqual([]);
    expect(await change('follow', reader, '#HARBOUR')).toEqual({
      hashtag: { key: 'harbour', viewerFollows: true },
      errors: [],
    });
    expect(await feedOf(reader)).toEqual([[early, 'harbour']]);
    const late = await publish(author, 'boat', 'harbour');
    const befriended = await publish(friend, 'harbour');
    const all: [string, string | null][] = [
      [befriended, 'harbour'],
      [late, 'harbour'],
      [early, 'harbour'],
    ];
    await eventually(async () => expect(await feedOf(reader)).toEqual(all));
    await change('follow', reader, 'boat');
    expect(await feedOf(reader)).toEqual([all[0], [late, 'boat'], all[2]]);
    await world.follow(reader, friend);
    await eventually(async () => expect((await feedOf(reader))[0]).toEqual([befriended, null]));
    await world.deletePost(BigInt(late));
    await eventually(async () => expect(await feedOf(reader)).toEqual([[befriended, null], all[2]]));
    expect(await change('unfollow', reader, 'harbour')).toEqual({
      hashtag: { key: 'harbour', viewerFollows: false },
      errors: [],
    });
    expect(await feedOf(reader)).toEqual([[befriended, null]]);
    await change('unfollow', reader, 'boat');
    const { rows } = await environment.database.pool.query('SELECT * FROM feed.hashtag_follow WHERE reader_id = $1', [
      reader,
    ]);
    expect(rows).toEqual([]);
  });

  test('adds no posts of people who are muted, blocked, blocking or private, in any order of events', async () => {
    const [, , , reader, author] = people as [bigint, bigint, bigint, bigint, bigint];
    const post = await publish(author, 'dunes');
    await change('follow', reader, 'dunes');
    const shown: [string, string | null][] = [[post, 'dunes']];
    await eventually(async () => expect(await feedOf(reader)).toEqual(shown));
    for (const [verb, back, by, whom] of [
      ['mute', 'unmute', reader, author],
      ['block', 'unblock', reader, author],
      ['block', 'unblock', author, reader],
    ] as const) {
      await world[verb](by, whom);
      expect(await feedOf(reader), verb).toEqual([]);
      await world[back](by, whom);
      expect(await feedOf(reader), back).toEqual(shown);
    }
    await world.withoutEvents(() => world.setPrivate(author, true));
    expect(await feedOf(reader)).toEqual([]);
    await world.withoutEvents(() => world.setPrivate(author, false));
    expect(await feedOf(reader)).toEqual(shown);
    // A reader's own posts are in the feed anyway.
    await change('follow', author, 'dunes');
    expect(await feedOf(author)).toEqual([[post, null]]);
  });

  test('adds its posts even after Redis was lost', async () => {
    const [, author, , , , reader] = people as [bigint, bigint, bigint, bigint, bigint, bigint];
    await change('follow', reader, 'cliffs');
    const first = await publish(author, 'cliffs');
    await eventually(async () => expect(await feedOf(reader)).toEqual([[first, 'cliffs']]));
    const { client, key } = environment.redis;
    await client.del(key('feed:hashtag:v2:{cliffs}'));
    expect(await feedOf(reader)).toEqual([[first, 'cliffs']]);
    await client.del(key(`feed:home:v1:{${reader}}`));
    expect(await feedOf(reader)).toEqual([[first, 'cliffs']]);
    const second = await publish(author, 'cliffs');
    await eventually(async () =>
      expect(await feedOf(reader)).toEqual([
        [second, 'cliffs'],
        [first, 'cliffs'],
      ]),
    );
  });

  test('is listed, latest follow first, in pages', async () => {
    const reader = 900n;
    const keys = Array.from({ length: 7 }, (_, index) => `listed${index}`);
    for (const key of keys) await change('follow', reader, key);
    await change('follow', reader, keys[0]!);
    for (const first of [1, 3, 7, 100]) expect(await followedBy(reader, first)).toEqual(keys.toReversed());
    await change('unfollow', reader, keys[3]!);
    await change('follow', reader, keys[3]!);
    expect((await followedBy(reader, 100))[0]).toBe(keys[3]);
  });
});

describe('following', () => {
  test.each(['', '#', '123', 'two words', 'x'.repeat(101), '\u0000', 'a#b'])('refuses %j', async (name) => {
    for (const verb of ['follow', 'unfollow'] as const) {
      const outcome = await change(verb, 901n, name);
      // A space is not allowed in a hashtag.
      if (name === 'two words') expect(outcome.hashtag?.key).toBe('twowords');
      else expect(outcome).toEqual({ hashtag: null, errors: [{ code: 'HASHTAG_INVALID', path: ['input', 'name'] }] });
    }
  });

  test('is limited to a hundred hashtags, even with simultaneous requests', async () => {
    const reader = 902n;
    const asked = Array.from({ length: MAX_FOLLOWED + 8 }, (_, index) => `many${index}`);
    const outcomes: Payload[] = [];
    for (let from = 0; from < asked.length; from += 6) {
      outcomes.push(...(await Promise.all(asked.slice(from, from + 6).map((name) => change('follow', reader, name)))));
    }
    const refused = outcomes.filter((outcome) => outcome.errors.length > 0);
    expect(refused).toHaveLength(8);
    expect(refused[0]!.errors).toEqual([{ code: 'HASHTAG_LIMIT_REACHED', path: ['input', 'name'] }]);
    const followed = await followedBy(reader, 100);
    expect(followed).toHaveLength(MAX_FOLLOWED);
    expect((await change('follow', reader, followed[0]!)).errors).toEqual([]);
    await change('unfollow', reader, followed[0]!);
    const another = outcomes.findIndex((outcome) => outcome.errors.length > 0);
    expect((await change('follow', reader, asked[another]!)).errors).toEqual([]);
  });

  test('requires a viewer', async () => {
    for (const verb of ['follow', 'unfollow'] as const)
      await expect(change(verb, null, 'sea')).rejects.toThrow('Log in');
    await expect(graph.ask('feed', null, '{ followedHashtags { edges { cursor } } }')).rejects.toThrow('Log in');
  });

  test('is read for all hashtags in one statement, and is false for visitors', async () => {
    const reader = 903n;
    await change('follow', reader, 'known');
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Hashtag { viewerFollows } } }';
    const r = ['known', 'unknown', 'other'].map((key) => ({ __typename: 'Hashtag', key }));
    environment.statements.length = 0;
    expect(await graph.ask('feed', reader, query, { r })).toEqual({
      _entities: [{ viewerFollows: true }, { viewerFollows: false }, { viewerFollows: false }],
    });
    expect(environment.statements.filter((text) => text.includes('hashtag_follow WHERE reader_id'))).toHaveLength(1);
    expect(await graph.ask('feed', null, query, { r: r.slice(0, 1) })).toEqual({
      _entities: [{ viewerFollows: false }],
    });
  });
});

test('a page with posts of hashtags takes no statement of the feed, and one request for their visibility', async () => {
  const [, author, other, reader] = people as [bigint, bigint, bigint, bigint];
  await change('follow', reader, 'cost');
  for (let index = 0; index < 4; index++) await publish(index % 2 ? author : other, 'cost');
  await eventually(async () => expect((await feedOf(reader)).filter(([, key]) => key === 'cost')).toHaveLength(4));
  // Workers may still be running. Their statements vary, so the run with the fewest statements counts.
  const times: { own: string[]; requests: number }[] = [];
  for (let time = 0; time < 8; time++) {
    environment.statements.length = 0;
    visibilityCalls = 0;
    await feedOf(reader);
    const own = environment.statements.filter((text) =>
      /feed\.(a|hashtag_post)|reader_id = \$1 AND follows ORDER/.test(text),
    );
    times.push({ own, requests: visibilityCalls });
  }
  times.sort((one, other) => one.own.length + one.requests - other.own.length - other.requests);
  expect(times[0]).toEqual({ own: [], requests: 1 });
});

test('lists are one range scan each over 100,000 rows', async () => {
  const { pool } = environment.database;
  // In parts, so that a busy machine does not time out.
  for (let from = 0; from < 100_000; from += 10_000) {
    const numbers = `generate_series(${from}, ${from + 9_999}) n`;
    await pool.query(`
      INSERT INTO feed.hashtag_post (key, post_id, published_ms, author_id)
        SELECT 'big' || n % 20, 9000000 + n, 1763000000000 + n, n % 1000 FROM ${numbers}`);
    await pool.query(`
      INSERT INTO feed.hashtag_follow (reader_id, key, id, follows, reconciled)
        SELECT 5000 + n % 1000, 'big' || n / 1000, n, true, true FROM ${numbers}`);
  }
  await vacuumAnalyze(pool, 'feed.hashtag_post', 'feed.hashtag_follow');
  expect((await explain(pool, HASHTAG_POSTS, ['big3', 1100])).join()).toMatch(ONE_RANGE_SCAN);
  for (const direction of ['forward', 'backward'] as const)
    expect((await explain(pool, FOLLOWED_PAGE(direction), [5003, '500', 21])).join()).toMatch(ONE_RANGE_SCAN);
  const merged = await explain(pool, POSTS_OF_HASHTAGS, [['big3', 'big4'], '1763000099999', 1, 21, 1000]);
  expect(merged.join()).toContain('Limit,Subquery Scan,Limit,Index Only Scan');
  expect(merged.join()).not.toContain('Seq Scan');
});
