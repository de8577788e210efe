import { EarlyEventError, type EventEnvelope } from '@tintype/events';
import { EPOCH_MS, globalId } from '@tintype/ids';
import { eventually, removeKeys } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { STUB_VERSION } from '#projection/account.repository.ts';
import { createInteractionService } from '#trending/interaction.service.ts';
import { listKey } from '#trending/trend.keys.ts';
import { createTrendStore } from '#trending/trend.store.ts';
import { createTrendListService } from '#trending/trend-list.service.ts';
import { createTrendListStore } from '#trending/trend-list.store.ts';
import { openSearch, type SearchFixture } from './search.fixture.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let fixture: SearchFixture;
beforeAll(async () => {
  fixture = await openSearch({ workers: false });
});
afterAll(() => fixture?.close());

let now: number;
let next = 1n;
beforeEach(async () => {
  now = Date.now();
  await removeKeys(fixture.environment.redis);
  await fixture.environment.database.pool.query('TRUNCATE search.post, search.account');
});

const services = () => {
  const store = createTrendStore(fixture.environment.redis);
  const lists = createTrendListStore(fixture.environment.redis, fixture.environment.log);
  return {
    store,
    lists,
    recordInteractions: createInteractionService({ pool: fixture.pool, store }),
    trendLists: createTrendListService({ pool: fixture.pool, store, lists }),
  };
};
/** Rows of the projection, with the events of their publication. */
async function publish(
  posts: readonly { authorId: bigint; hashtags: string[]; atMs: number; isPrivate?: boolean }[],
): Promise<{ postId: bigint; authorId: bigint; event: EventEnvelope }[]> {
  const made = posts.map((post) => ({ ...post, postId: next++ }));
  await fixture.pool.query(
    `INSERT INTO search.post (post_id, author_id, caption, hashtags, published_ms, version, counted)
     SELECT post_id, author_id, '', ARRAY(SELECT jsonb_array_elements_text(hashtags::jsonb)), ms, 1, counted
     FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::boolean[]) AS n(post_id, author_id, hashtags, ms, counted)`,
    [
      made.map(({ postId }) => postId),
      made.map(({ authorId }) => authorId),
      made.map(({ hashtags }) => JSON.stringify(hashtags)),
      made.map(({ atMs }) => atMs),
      made.map(({ isPrivate }) => !isPrivate),
    ],
  );
  await fixture.pool.query(
    `INSERT INTO search.account (user_id, username, display_name, is_private, version)
     SELECT DISTINCT id, id::text, '', false, 1 FROM unnest($1::bigint[]) AS n(id) ON CONFLICT DO NOTHING`,
    [made.map(({ authorId }) => authorId)],
  );
  return made.map(({ postId, authorId, atMs }) => {
    const data = { postId: String(postId), authorId: String(authorId), publishedMs: atMs };
    return { postId, authorId, event: { type: 'tintype.post.post.published.v1', data } as EventEnvelope };
  });
}
function likes(postId: bigint, userIds: readonly bigint[], atMs: number): EventEnvelope {
  const words = userIds.map((userId) => ({
    likeId: String((BigInt(atMs - EPOCH_MS) << 22n) + userId),
    liked: true,
    userId: String(userId),
    postId: String(postId),
    commentId: null,
    authorId: '1',
    targetAuthorId: '1',
  }));
  return { type: 'tintype.engagement.like.recorded.v1', data: { changes: words } } as unknown as EventEnvelope;
}
const people = (count: number, from = 1000n) => Array.from({ length: count }, (_, n) => from + BigInt(n));
const keysOf = async (kind: 'hashtag' | 'post', window: 'HOUR' | 'DAY') =>
  (await services().lists.find(kind, window, null)).trends.map(({ key }) => key);

describe('hashtags', () => {
  test('that rise rank above those that are always popular, in both windows', async () => {
    const { recordInteractions, trendLists } = services();
    const steady = people(200).map((authorId, n) => ({ authorId, hashtags: ['steady'], atMs: now - n * 36 * MINUTE }));
    const rising = people(12, 5000n).map((authorId, n) => ({ authorId, hashtags: ['rising'], atMs: now - n * MINUTE }));
    const published = await publish([...steady, ...rising]);
    await recordInteractions.take(published.map(({ event }) => event));
    await trendLists.computeAll(now);
    expect((await keysOf('hashtag', 'HOUR')).slice(0, 1)).toEqual(['rising']);
    expect((await keysOf('hashtag', 'DAY')).slice(0, 1)).toEqual(['rising']);
    expect(await keysOf('hashtag', 'HOUR')).not.toContain('steady');
  });

  test('of a spammer do not trend, whatever the number of posts', async () => {
    const { recordInteractions, trendLists, store } = services();
    const spam = await publish(
      Array.from({ length: 10_000 }, (_, n) => ({ authorId: 7n, hashtags: ['spam'], atMs: now - n })),
    );
    const others = await publish(people(4).map((authorId) => ({ authorId, hashtags: ['quiet'], atMs: now })));
    for (let from = 0; from < spam.length; from += 1000)
      await recordInteractions.take(spam.slice(from, from + 1000).map(({ event }) => event));
    await recordInteractions.take(others.map(({ event }) => event));
    await trendLists.computeAll(now);
    expect(await keysOf('hashtag', 'HOUR')).toEqual(['quiet']);
    const active = await store.active('hashtag', 'HOUR', now);
    expect(active.find(({ key }) => key === 'spam')!.short.value).toBeLessThanOrEqual(2);
    // Friends who like all posts do not change that, because nobody else uses the hashtag.
    await recordInteractions.take([likes(spam[0]!.postId, people(500, 9000n), now)]);
    await trendLists.computeAll(now);
    expect(await keysOf('hashtag', 'HOUR')).toEqual(['quiet']);
  });

  test('of private accounts do not count', async () => {
    const { recordInteractions, trendLists } = services();
    const published = await publish(
      people(10).map((authorId) => ({ authorId, hashtags: ['hidden'], atMs: now, isPrivate: true })),
    );
    await recordInteractions.take(published.map(({ event }) => event));
    await trendLists.computeAll(now);
    expect(await keysOf('hashtag', 'HOUR')).toEqual([]);
  });
});

test('repeated events change nothing, and late and reordered events change little', async () => {
  const { recordInteractions, store } = services();
  const published = await publish(
    people(30).map((authorId, n) => ({ authorId, hashtags: [`tag${n % 3}`], atMs: now - n * 10 * MINUTE })),
  );
  const events = [
    ...published.map(({ event }) => event),
    ...published.map(({ postId }, n) => likes(postId, people(5, BigInt(3000 + n)), now - n * 7 * MINUTE)),
  ];
  const look = async () => {
    const all = await Promise.all((['HOUR', 'DAY'] as const).map((window) => store.active('hashtag', window, now)));
    return all.flat().toSorted((one, other) => (one.key < other.key ? -1 : 1));
  };
  for (const event of events) await recordInteractions.take([event]);
  const first = await look();
  await recordInteractions.take(events.toReversed());
  expect(await look()).toEqual(first);
  await removeKeys(fixture.environment.redis);
  for (const event of events.toReversed()) await recordInteractions.take([event]);
  const second = await look();
  expect(second).toHaveLength(first.length);
  // An actor with several interactions within an hour or a day counts from the first one that arrived.
  for (const [n, { base }] of second.entries()) {
    expect(base.atMs).toBe(first[n]!.base.atMs);
    expect(base.value / first[n]!.base.value).toBeCloseTo(1, 1);
  }
});

describe('posts', () => {
  test('are compared with what is usual for their authors', async () => {
    const { recordInteractions, trendLists } = services();
    const [star, novice] = [50n, 51n];
    const posts = await publish([
      ...Array.from({ length: 48 }, (_, n) => ({ authorId: star, hashtags: [], atMs: now - (n + 1) * 3 * HOUR })),
      { authorId: star, hashtags: [], atMs: now - HOUR },
      { authorId: novice, hashtags: [], atMs: now - HOUR },
    ]);
    const [usual, surprise] = posts.slice(-2);
    for (const [n, { postId }] of posts.slice(0, 48).entries()) {
      await recordInteractions.take([likes(postId, people(60, BigInt(10_000 + 100 * n)), now - (n + 1) * 3 * HOUR)]);
    }
    await recordInteractions.take([
      likes(usual!.postId, people(60, 70_000n), now - MINUTE),
      likes(surprise!.postId, people(40, 80_000n), now - MINUTE),
    ]);
    await trendLists.computeAll(now);
    expect((await keysOf('post', 'DAY'))[0]).toBe(String(surprise!.postId));
  });

  test('leave when they are deleted, and likes by their authors do not count', async () => {
    const { recordInteractions, trendLists } = services();
    const [one, other] = await publish([1n, 2n].map((authorId) => ({ authorId, hashtags: [], atMs: now })));
    await recordInteractions.take([likes(one!.postId, people(20), now), likes(other!.postId, [2n, 2n, 2n], now)]);
    await trendLists.computeAll(now);
    expect(await keysOf('post', 'HOUR')).toEqual([String(one!.postId)]);
    await fixture.pool.query('UPDATE search.post SET deleted = true, counted = false WHERE post_id = $1', [
      one!.postId,
    ]);
    await trendLists.computeAll(now + 1);
    expect(await keysOf('post', 'HOUR')).toEqual([]);
  });

  test('that the projection does not have yet are waited for', async () => {
    const data = { postId: '99', authorId: '1', publishedMs: now };
    const event = { type: 'tintype.post.post.published.v1', data } as EventEnvelope;
    const { recordInteractions } = services();
    await expect(recordInteractions.take([event])).rejects.toThrow(EarlyEventError);
    // Whether a post is public depends on its author, whose event comes from another stream.
    await publish([{ authorId: 1n, hashtags: [], atMs: now, isPrivate: true }]);
    await fixture.pool.query('UPDATE search.post SET post_id = 99');
    await fixture.pool.query('UPDATE search.account SET version = $1', [STUB_VERSION]);
    await expect(recordInteractions.take([event])).rejects.toThrow(EarlyEventError);
    await fixture.pool.query('UPDATE search.post SET published_ms = published_ms - 60000');
    await recordInteractions.take([event]);
  });
});

type Page = {
  edges: { cursor: string; node: { key?: string; id?: string }; recentPeople: number }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
};

test('pages continue in the list that they started with, and then in the newest', async () => {
  const { lists } = services();
  await fixture.publish(await fixture.account('writer'), '#a #b #c #d #e #z #y #x #w');
  const listed = (keys: readonly string[]) => keys.map((key, n) => ({ key, score: 100 - n, people: 10 }));
  await lists.put('hashtag', 'DAY', listed(['a', 'b', 'c', 'd', 'e']), 1000);
  const page = async (after: string | null): Promise<Page> => {
    const query = `query ($after: String) { trendingHashtags(first: 2, after: $after) {
      edges { cursor recentPeople node { key } } pageInfo { hasNextPage endCursor } } }`;
    return (await fixture.ask<{ trendingHashtags: Page }>('search', null, query, { after })).trendingHashtags;
  };
  const keys = ({ edges }: Page) => edges.map(({ node }) => node.key);
  const first = await page(null);
  expect(first.edges[0]).toMatchObject({ node: { key: 'a' }, recentPeople: 10 });
  await lists.put('hashtag', 'DAY', listed(['z', 'y', 'x', 'w']), 2000);
  const second = await page(first.pageInfo.endCursor);
  expect(keys(second)).toEqual(['c', 'd']);
  expect(keys(await page(second.pageInfo.endCursor))).toEqual(['e']);
  expect(keys(await page(null))).toEqual(['z', 'y']);
  const { client, key } = fixture.environment.redis;
  await client.unlink(key(listKey('hashtag', 'DAY', '1000')));
  expect(keys(await page(first.pageInfo.endCursor))).toEqual(['x', 'w']);
  await expect(page('nothing')).rejects.toThrow(/cursor/);
});

test('each viewer sees the trends that they may see, and an emptied Redis is filled again', async () => {
  const live = await openSearch();
  const authors = await Promise.all(Array.from({ length: 4 }, (_, n) => live.account(`author${n}`)));
  const posts = await Promise.all(authors.map((author) => live.publish(author, 'low water #tide')));
  const fans = Array.from({ length: 12 }, (_, n) => BigInt(900 + n));
  const counted = 'SELECT count(*)::int AS n FROM search.post WHERE counted';
  await eventually(async () => expect((await live.pool.query(counted)).rows).toEqual([{ n: 4 }]));
  await live.publishLikes(posts[0]!, fans);
  // Becomes a dead letter, and must not prevent later events from being counted.
  const { bus } = live.environment;
  await bus.js.publish(bus.subject('tintype.engagement.like.recorded.v1'), '{}');
  const ask = async (viewer: { id: bigint } | null) => {
    const query = `{ trendingHashtags(window: HOUR) { edges { node { key } } }
      trendingPosts(window: HOUR) { edges { node { id } recentPeople } } trendingPostIds(window: HOUR) }`;
    type Answer = { trendingHashtags: Page; trendingPosts: Page; trendingPostIds: string[] };
    const found = await live.askAs<Answer>('feed', 'search', viewer?.id ?? null, query);
    return {
      tags: found.trendingHashtags.edges.map(({ node }) => node.key),
      posts: found.trendingPosts.edges.map(({ node, recentPeople }) => `${node.id} ${recentPeople}`),
      ids: found.trendingPostIds,
    };
  };
  // The invalid event is tried five times, with pauses, before later events are counted.
  const PATIENT = { timeoutMs: 75_000 };
  const all = { tags: ['tide'], posts: [`${globalId('Post', posts[0]!.id)} 12`], ids: [String(posts[0]!.id)] };
  await eventually(async () => expect(await ask(null)).toEqual(all), PATIENT);
  await live.world.block(authors[0]!.id, authors[1]!.id);
  expect(await ask(authors[1]!)).toEqual({ ...all, posts: [] });
  expect(await removeKeys(live.environment.redis)).toBeGreaterThan(0);
  await eventually(async () => expect(await ask(null)).toEqual(all), PATIENT);
  await live.close();
}, 180_000);
