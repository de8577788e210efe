import { explain, fill, ONE_RANGE_SCAN, vacuumAnalyze } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDED_PAGE, FOLLOWER_PAGE } from '../src/audience/audience.repository.ts';
import { AUTHOR_POSTS } from '../src/timeline/author-post.repository.ts';
import { type FeedFixture, openFeed } from './feed.fixture.ts';

let feed: FeedFixture;
let hidden: bigint[] = [];
beforeAll(async () => {
  feed = await openFeed({ hidden: () => hidden });
});
afterAll(() => feed.environment.close());

const NOON = 1_763_000_000_000n;

describe('a home feed', () => {
  test('is empty for a person who follows nobody', async () => {
    expect(await feed.page(1n, {})).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  test('shows the newest 1,000 posts, even after deletions and redelivered events of older ones', {
    timeout: 120_000,
  }, async () => {
    const [reader, author] = [10n, 11n];
    await feed.follow(reader, author, true);
    await feed.read(reader);
    const publish = (index: number, deleted = false) =>
      feed.post(author, 100_000n + BigInt(index), NOON + BigInt(index), deleted);
    for (let index = 0; index < 1400; index++) await publish(index);
    expect(await feed.read(reader, 100)).toHaveLength(1000);
    expect(await feed.read(reader, 100)).toEqual(await feed.expected(reader));
    for (let index = 1399; index > 1050; index--) await publish(index, true);
    await feed.post(author, 100_000n, NOON, false, 1n);
    expect(await feed.read(reader, 100)).toEqual(await feed.expected(reader));
  });

  test('orders equal times by id, and pages through them without a gap', async () => {
    const [reader, author] = [20n, 21n];
    await feed.follow(reader, author, true);
    for (let index = 0; index < 7; index++) await feed.post(author, 200_000n + BigInt(index), NOON, false);
    const right = Array.from({ length: 7 }, (_, index) => String(200_006 - index));
    for (const first of [1, 2, 3, 7, 100]) expect(await feed.read(reader, first)).toEqual(right);
  });

  test('stays in place while new posts arrive', async () => {
    const [reader, author] = [30n, 31n];
    await feed.follow(reader, author, true);
    for (let index = 0; index < 6; index++)
      await feed.post(author, 300_000n + BigInt(index), NOON + BigInt(index), false);
    const page = await feed.page(reader, { first: 2 });
    await feed.post(author, 300_100n, NOON + 100n, false);
    const next = await feed.page(reader, { first: 2, after: page.pageInfo.endCursor });
    expect(next.edges.map((edge) => edge.node.postId)).toEqual([300_003n, 300_002n]);
    expect(next.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  });

  test.each([0, -1, 101, 10_000])('refuses a page of %i', async (first) => {
    await expect(feed.page(1n, { first })).rejects.toMatchObject({ code: 'BAD_PAGE_SIZE' });
  });

  test.each(['', 'x', 'AAAAAAAAAAAA'])('refuses the cursor %j', async (after) => {
    await expect(feed.page(1n, { after })).rejects.toMatchObject({ code: 'BAD_CURSOR' });
  });
});

describe('posts of a hashtag', () => {
  test('are found behind hundreds of hidden ones, by following cursors', {
    timeout: 120_000,
  }, async () => {
    const [reader, author, hermit] = [40n, 41n, 42n];
    hidden = [hermit];
    await feed.follows.follow(reader, 'behind');
    const publish = (by: bigint, index: number) =>
      feed.post(by, 400_000n + BigInt(index), NOON + BigInt(index), false, undefined, undefined, ['behind']);
    await publish(author, 0);
    for (let index = 1; index <= 990; index++) await publish(hermit, index);
    await publish(author, 991);
    for (const first of [1, 2, 100]) expect(await feed.read(reader, first)).toEqual(['400991', '400000']);
    const page = await feed.page(reader, { first: 5 });
    expect(page.edges).toHaveLength(1);
    expect(page.pageInfo.hasNextPage).toBe(true);
    await feed.loseRedis();
    expect(await feed.read(reader, 1)).toEqual(['400991', '400000']);
  });

  test('are not shown if their visibility cannot be determined', async () => {
    const [reader, friend, stranger] = [50n, 51n, 52n];
    await feed.follow(reader, friend, true);
    await feed.follows.follow(reader, 'unasked');
    await feed.post(friend, 500_001n, NOON, false);
    await feed.post(stranger, 500_002n, NOON + 1n, false, undefined, undefined, ['unasked']);
    const away = () => Promise.reject(new Error('social-graph is away'));
    await expect(feed.home.page(reader, {}, away)).rejects.toThrow('social-graph is away');
    expect(await feed.read(reader)).toEqual(['500002', '500001']);
  });
});

test('the pages of a fan-out and of a rebuild are one range scan each over 100,000 rows', async () => {
  const { pool } = feed.environment.database;
  await fill(
    pool,
    `
    INSERT INTO feed.audience (author_id, follower_id, follows)
      SELECT 1000 + n % 5, 5000 + n, true FROM generate_series(1, 100000) n;
    INSERT INTO feed.author_post (author_id, published_ms, post_id, version)
      SELECT 1000 + n % 50, 1763000000000 + n, 900000 + n, n FROM generate_series(1, 100000) n;
  `,
  );
  await vacuumAnalyze(pool, 'feed.audience', 'feed.author_post');
  for (const after of [0n, 50_000n]) {
    expect((await explain(pool, FOLLOWER_PAGE, [1002n, after, 1000])).join()).toMatch(ONE_RANGE_SCAN);
  }
  expect((await explain(pool, AUTHOR_POSTS, [1002n, 1100])).join()).toMatch(ONE_RANGE_SCAN);
  const since = new Date(Date.now() - 60_000);
  expect((await explain(pool, ENDED_PAGE, [1002n, since, 0n, 1000])).join()).toMatch(/^Limit,Sort,Index Scan$/);
});
