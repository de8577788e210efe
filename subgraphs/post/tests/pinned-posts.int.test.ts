import { globalId } from '@tintype/ids';
import { explainWithIndexes, fill, ONE_RANGE_SCAN_EACH, referenceTo, vacuumAnalyze } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LIST_PINNED } from '../src/pin/pin.repository.ts';
import { openPublishing } from './hashtag.fixture.ts';
import { type Posts, startPosts } from './post.fixture.ts';

let posts: Posts;
let publishing: ReturnType<typeof openPublishing>;
let [author, fan]: bigint[] = [];
let ids: string[];
beforeAll(async () => {
  posts = await startPosts();
  publishing = openPublishing(posts);
});
afterAll(async () => {
  await posts.graph.close();
  await posts.environment.close();
});
beforeEach(async () => {
  [author, fan] = await posts.world.register(2);
  ids = [];
  for (let n = 0; n < 5; n += 1) ids.push(await publishing.publish(author!, `${n}`));
});

async function change(name: 'pinPost' | 'unpinPost', who: bigint, postId: string): Promise<string[]> {
  const query = `mutation { done: ${name}(input: { postId: "${postId}" }) { errors { code path } } }`;
  type Answer = { done: { errors: { code: string; path: string[] }[] } };
  const { done } = await posts.graph.ask<Answer>('post', who, query);
  return done.errors.map(({ code, path }) => `${code} ${path.join('.')}`);
}
const pin = (who: bigint, postId: string) => change('pinPost', who, postId);
const unpin = (who: bigint, postId: string) => change('unpinPost', who, postId);

/** The pinned posts of the author, by their numbers. */
async function pinned(viewer: bigint | null): Promise<number[]> {
  const query = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { pinnedPosts { id } } } }';
  const variables = { of: [referenceTo('User', author!)] };
  type Answer = { _entities: [{ pinnedPosts: { id: string }[] } | null] };
  const { _entities } = await posts.graph.ask<Answer>('post', viewer, query, variables);
  return (_entities[0]?.pinnedPosts ?? []).map(({ id }) => ids.indexOf(id));
}

test('up to three posts are pinned, the last one first, and keep their places', async () => {
  for (const index of [3, 0, 2]) expect(await pin(author!, ids[index]!)).toEqual([]);
  for (const viewer of [author!, fan!, null]) expect(await pinned(viewer)).toEqual([2, 0, 3]);
  expect(await pin(author!, ids[1]!)).toEqual(['TOO_MANY_PINS input.postId']);
  expect(await pin(author!, ids[3]!)).toEqual([]);
  expect(await pinned(fan!)).toEqual([2, 0, 3]);
  for (let time = 0; time < 2; time += 1) expect(await unpin(author!, ids[0]!)).toEqual([]);
  expect(await pin(author!, ids[1]!)).toEqual([]);
  expect(await pinned(fan!)).toEqual([1, 2, 3]);
});

test('of many posts that are pinned at once, three are', async () => {
  const errors = (await Promise.all(ids.map((id) => pin(author!, id)))).flat();
  expect(errors).toEqual(['TOO_MANY_PINS input.postId', 'TOO_MANY_PINS input.postId']);
  expect(await pinned(null)).toHaveLength(3);
});

test('only the author pins and unpins, and only published posts', async () => {
  const wrong = ['POST_NOT_FOUND input.postId'];
  await pin(author!, ids[0]!);
  for (const work of [pin, unpin]) {
    expect(await work(fan!, ids[0]!)).toEqual(wrong);
    for (const id of ['', 'none', globalId('Post', 12n), globalId('User', author!)])
      expect(await work(author!, id)).toEqual(wrong);
  }
  const { pool } = posts.environment.database;
  await pool.query(`UPDATE post.post SET state = 'PROCESSING' WHERE author_id = $1 AND caption = '1'`, [author]);
  expect(await pin(author!, ids[1]!)).toEqual(wrong);
  expect(await pinned(fan!)).toEqual([0]);
});

test('a deleted post is no longer pinned, and leaves its place to another', async () => {
  for (const index of [0, 1, 2]) await pin(author!, ids[index]!);
  await publishing.remove(author!, ids[1]!);
  expect(await pinned(null)).toEqual([2, 0]);
  expect(await pin(author!, ids[1]!)).toEqual(['POST_NOT_FOUND input.postId']);
  expect(await pin(author!, ids[4]!)).toEqual([]);
  expect(await pinned(null)).toEqual([4, 2, 0]);
});

test('pinned posts are hidden with the other posts of their author', async () => {
  await pin(author!, ids[0]!);
  await posts.world.withoutEvents(() => posts.world.setPrivate(author!));
  expect(await pinned(fan!)).toEqual([]);
  expect(await pinned(null)).toEqual([]);
  expect(await pinned(author!)).toEqual([0]);
  await posts.world.follow(fan!, author!);
  expect(await pinned(fan!)).toEqual([0]);
  await posts.world.block(author!, fan!);
  expect(await pinned(fan!)).toEqual([]);
});

test('are one range scan for each author over 100,000 posts', async () => {
  const { pool } = posts.environment.database;
  await fill(
    pool,
    `INSERT INTO post.post (author_id, id, caption, state, published_at, pinned_at)
      SELECT 1 + n % 5000, n, '', 'PUBLISHED', now(), CASE WHEN n % 7 = 0 THEN now() END FROM generate_series(1, 100000) n`,
  );
  await vacuumAnalyze(pool, 'post.post');
  expect((await explainWithIndexes(pool, LIST_PINNED, [[7n, 8n], 3])).join()).toMatch(ONE_RANGE_SCAN_EACH);
});
