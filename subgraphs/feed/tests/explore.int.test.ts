import { requireGlobalId } from '@tintype/graphql';
import {
  createEnvironment,
  createWorld,
  type Environment,
  explain,
  type FakeAnswers,
  fakeSubgraphs,
  fill,
  removeKeys,
  startSubgraphs,
  type TestSubgraphs,
  vacuumAnalyze,
  type World,
} from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { NEWEST_OF_HASHTAGS } from '../src/explore/explore-post.repository.ts';
import { wireFeed } from '../src/index.ts';

/** The answers of search and engagement. A missing answer fails. */
type Answers = {
  trending?: string[];
  similar?: { postId: string; score: number }[];
  engaged?: string[];
  counts?: { id: string; likeCount: number; commentCount: number; shareCount: number }[];
};

let environment: Environment;
let world: World;
let graph: TestSubgraphs;
let answers: Answers;
let [viewer, friend, ...authors]: bigint[] = [];
/** How often engagement was asked for co-engaged posts. */
let coEngagedCalls = 0;

function orFail<T>(answer: T | undefined): T {
  if (answer === undefined) throw new Error('This part does not respond.');
  return answer;
}

const ANSWERS: FakeAnswers = {
  search: { trendingPostIds: () => ({ trendingPostIds: orFail(answers.trending) }) },
  engagement: {
    coEngagedPosts: () => {
      coEngagedCalls++;
      return { coEngaged: orFail(answers.similar) };
    },
    engagedPosts: () => ({ engagedPosts: orFail(answers.engaged) }),
    postCounts: () => ({ postCounts: answers.counts ?? [] }),
  },
};

beforeAll(async () => {
  environment = await createEnvironment();
  world = createWorld(environment);
  const wires = { ...fakeSubgraphs(world.answers, ANSWERS), feed: wireFeed };
  graph = await startSubgraphs(environment, wires, { workers: true });
});
afterAll(async () => {
  await graph?.close();
  await environment?.close();
});
beforeEach(async () => {
  [viewer, friend, ...authors] = await world.register(10);
  answers = { trending: [], similar: [], engaged: [] };
});

/** A post that the feed knows at once, without waiting for events. */
async function publish(authorId: bigint, ...hashtags: string[]): Promise<string> {
  const caption = hashtags.map((key) => `#${key}`).join(' ');
  return know(authorId, await world.withoutEvents(() => world.publish(authorId, caption)), ...hashtags);
}

async function know(authorId: bigint, postId: bigint, ...hashtags: string[]): Promise<string> {
  const now = Date.now();
  await environment.database.pool.query(
    'INSERT INTO feed.author_post (author_id, published_ms, post_id, version) VALUES ($1, $2, $3, 1)',
    [authorId, now, postId],
  );
  for (const key of hashtags) {
    await environment.database.pool.query(
      'INSERT INTO feed.hashtag_post (key, post_id, published_ms, author_id) VALUES ($1, $2, $3, $4)',
      [key, postId, now, authorId],
    );
  }
  return String(postId);
}
type Page = {
  edges: { cursor: string; reason: string; node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
};
async function page(who: bigint | null, first = 100, after: string | null = null): Promise<Page> {
  const query = `query ($first: Int, $after: String) { explore(first: $first, after: $after) {
    edges { cursor reason node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
  return (await graph.ask<{ explore: Page }>('feed', who, query, { first, after })).explore;
}
const idsOf = ({ edges }: Page) => edges.map(({ node }) => decimalOf(node));
const decimalOf = ({ id }: { id: string }) => String(requireGlobalId('Post', id));

test('trending posts, likes of people with similar likes and hashtags are combined, each with its reason', async () => {
  const [liked, trending, similar, tagged] = [
    await publish(friend!, 'fog'),
    await publish(authors[0]!),
    await publish(authors[1]!),
    await publish(authors[2]!, 'fog'),
  ];
  answers = { trending: [trending], similar: [{ postId: similar, score: 3 }], engaged: [liked] };
  const { edges } = await page(viewer!);
  const reasons = Object.fromEntries(edges.map(({ node, reason }) => [decimalOf(node), reason]));
  expect(reasons).toEqual({ [trending]: 'TRENDING', [similar]: 'LIKED_BY_SIMILAR', [tagged]: 'HASHTAG' });
});

test('posts for close friends are recommended to nobody', async () => {
  const [author] = authors as [bigint];
  const liked = await publish(friend!);
  await world.addCloseFriend(author, viewer!);
  const forFriends = await world.withoutEvents(() => world.publish(author, '', [], 'CLOSE_FRIENDS'));
  const forAll = await publish(author);
  const similar = [await know(author, forFriends), forAll].map((postId) => ({ postId, score: 1 }));
  answers = { trending: [], similar, engaged: [liked] };
  expect(idsOf(await page(viewer!))).toEqual([forAll]);
});

test('co-engagement is computed again after another like, or if Redis was emptied', async () => {
  const [liked, more, similar, other] = [
    await publish(friend!),
    await publish(friend!),
    await publish(authors[0]!),
    await publish(authors[1]!),
  ];
  const asked = async () => {
    const before = coEngagedCalls;
    const found = idsOf(await page(viewer!, 1));
    return { found, times: coEngagedCalls - before };
  };
  answers = { trending: [], similar: [similar, other].map((postId) => ({ postId, score: 1 })), engaged: [liked] };
  const first = await asked();
  expect(first).toEqual({ found: [expect.any(String)], times: 1 });
  const second = await asked();
  expect(second.times).toBe(0);
  expect(new Set([...first.found, ...second.found])).toEqual(new Set([similar, other]));
  const another = await publish(authors[2]!);
  answers.similar = [{ postId: another, score: 1 }];
  answers.engaged = [more, liked];
  expect(await asked()).toEqual({ found: [another], times: 1 });
  await removeKeys(environment.redis);
  expect((await asked()).times).toBe(1);
});

test('posts with many likes come before posts without any', async () => {
  const posts = [await publish(authors[0]!), await publish(authors[1]!)];
  answers = { trending: [], similar: posts.map((postId) => ({ postId, score: 1 })), engaged: [await publish(friend!)] };
  for (const id of posts) {
    const [reader] = await world.register(1);
    answers.counts = [{ id, likeCount: 10_000, commentCount: 0, shareCount: 0 }];
    expect(idsOf(await page(reader!))[0]).toBe(id);
  }
});

test('followed hashtags count', async () => {
  const tagged = await publish(authors[0]!, 'weir');
  const query = 'mutation { followHashtag(input: { name: "weir" }) { errors { code } } }';
  await graph.ask('feed', viewer!, query);
  expect(idsOf(await page(viewer!))).toEqual([tagged]);
});

test('leaves out posts of followed, muted, blocked, blocking and private people, own posts and deleted ones', async () => {
  const [followed, muted, blocked, blocking, hidden, left, gone] = authors as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const posts = new Map<bigint, string>();
  for (const author of [viewer!, ...authors]) posts.set(author, await publish(author));
  answers.trending = [...posts.values()];
  expect(new Set(idsOf(await page(friend!)))).toEqual(new Set(posts.values()));
  await world.follow(viewer!, followed);
  await world.mute(viewer!, muted);
  await world.block(viewer!, blocked);
  await world.block(blocking, viewer!);
  const { pool } = environment.database;
  await world.withoutEvents(() => world.setPrivate(hidden));
  await pool.query('UPDATE feed.author_post SET deleted = true WHERE author_id = $1', [gone]);
  expect(new Set(idsOf(await page(viewer!)))).toEqual(new Set([posts.get(left), posts.get(authors[7]!)]));
});

test.each([1, 3, 7, 100])('pages of %i lead through one list to its end, each post once', async (first) => {
  for (const author of authors) for (let n = 0; n < 2; n += 1) answers.trending!.push(await publish(author));
  const seen: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const found = await page(viewer!, first, after);
    expect(found.pageInfo.hasPreviousPage).toBe(after !== null);
    seen.push(...idsOf(found));
    ({ hasNextPage: more, endCursor: after } = found.pageInfo);
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(new Set(seen)).toEqual(new Set(answers.trending));
});

test('posts that were seen do not come again, new ones do, and visitors have no history', async () => {
  for (const author of authors) answers.trending!.push(await publish(author));
  const first = idsOf(await page(viewer!, 3));
  const second = idsOf(await page(viewer!, 100));
  expect(new Set([...first, ...second])).toEqual(new Set(answers.trending));
  expect(second).toHaveLength(answers.trending!.length - 3);
  expect(await page(viewer!)).toMatchObject({ edges: [], pageInfo: { hasNextPage: false, endCursor: null } });
  const news = await publish(authors[0]!);
  answers.trending!.push(news);
  expect(idsOf(await page(viewer!))).toEqual([news]);
  expect(new Set(idsOf(await page(null)))).toEqual(new Set(answers.trending));
  expect(idsOf(await page(null))).toHaveLength(answers.trending!.length);
});

test('people who are followed meanwhile, and deleted posts, leave a list that has been started', async () => {
  for (const author of authors) answers.trending!.push(await publish(author));
  const begun = await page(viewer!, 1);
  const [shown] = idsOf(begun);
  const { pool } = environment.database;
  const rest = answers.trending!.filter((id) => id !== shown);
  const authorOf = 'SELECT author_id AS "authorId" FROM feed.author_post WHERE post_id = $1';
  await world.follow(viewer!, BigInt((await pool.query(authorOf, [rest[0]])).rows[0].authorId));
  await world.withoutEvents(() => world.deletePost(BigInt(rest[1]!)));
  const left = idsOf(await page(viewer!, 100, begun.pageInfo.endCursor));
  expect(new Set(left)).toEqual(new Set(rest.slice(2)));
});

test("a list ends after a while, or with Redis, and is nobody else's", async () => {
  for (const author of authors) answers.trending!.push(await publish(author));
  const { endCursor } = (await page(viewer!, 2)).pageInfo;
  await expect(page(friend!, 2, endCursor)).rejects.toThrow(/Start a new one/);
  await expect(page(null, 2, endCursor)).rejects.toThrow(/Start a new one/);
  await removeKeys(environment.redis);
  await expect(page(viewer!, 2, endCursor)).rejects.toThrow(/Start a new one/);
  expect(idsOf(await page(viewer!, 2))).toHaveLength(2);
});

test.each(['trending', 'similar', 'engaged'] as const)('without %s, the other sources are used', async (missing) => {
  const [trending, similar] = [await publish(authors[0]!), await publish(authors[1]!)];
  answers = { trending: [trending], similar: [{ postId: similar, score: 1 }], engaged: [await publish(friend!)] };
  delete answers[missing];
  // Without likes of the viewer, there are no similar likes.
  expect(idsOf(await page(viewer!))).toEqual([missing === 'trending' ? similar : trending]);
});

test.each(['trending', 'engaged'] as const)('without %s, an empty list would be a guess', async (missing) => {
  delete answers[missing];
  await expect(page(viewer!)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test.each(['first: 0', 'first: 101', 'after: "x"'])('%s is refused', async (args) => {
  await expect(graph.ask('feed', viewer!, `{ explore(${args}) { edges { cursor } } }`)).rejects.toThrow();
});

test('a page takes a fixed number of statements, whatever the number of posts', async () => {
  // Workers run at the same time.
  const own =
    /WHERE post_id = ANY\(\$1\) AND NOT deleted|AS asked\(key\)|hashtag_follow WHERE reader_id = \$1 AND follows ORDER/;
  const statements: number[] = [];
  for (const count of [2, 8]) {
    answers.trending = [];
    for (const author of authors.slice(0, count)) answers.trending.push(await publish(author));
    environment.statements.length = 0;
    await page(viewer!);
    statements.push(environment.statements.filter((text) => own.test(text)).length);
  }
  expect(statements).toEqual([4, 4]);
});

test('posts with hashtags are one range scan each', async () => {
  const { pool } = environment.database;
  await fill(
    pool,
    `INSERT INTO feed.hashtag_post (key, post_id, published_ms, author_id)
       SELECT 'many' || n % 20, 8000000 + n, 1763000000000 + n, n FROM generate_series(1, 100000) n`,
  );
  await vacuumAnalyze(pool, 'feed.hashtag_post');
  const nodes = await explain(pool, NEWEST_OF_HASHTAGS, [['many1', 'many2'], 20]);
  expect(nodes.join()).toMatch(/^Nested Loop,Function Scan,Limit,Index Only Scan$/);
});
