import { requireGlobalId } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { explain, fill, vacuumAnalyze } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LIST_COMMENTED } from '../src/activity/commented-posts.repository.ts';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

let fixture: EngagementFixture;
let [author, ann, bob]: bigint[] = [];
let posts: bigint[] = [];
beforeAll(async () => {
  fixture = await openEngagement({ workers: false });
});
afterAll(() => fixture?.close());
beforeEach(async () => {
  [author, ann, bob] = await fixture.world.register(3);
  posts = [];
  for (let n = 0; n < 7; n += 1) posts.push(await fixture.world.publish(author!));
  for (const postId of posts.slice(1)) {
    await fixture.comment(ann!, postId, 'first');
    await fixture.comment(ann!, postId, 'again');
  }
  await fixture.comment(ann!, await fixture.world.publish(bob!), 'elsewhere');
  await fixture.comment(bob!, posts[0]!, 'someone else');
});

type Page = {
  edges: { cursor: string; node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
};
async function page(viewer: bigint | null, args = '', commenter: string = globalId('User', ann!)): Promise<Page> {
  const query = `{ commentedPosts(authorId: "${globalId('User', author!)}", commenterId: "${commenter}" ${args}) {
    edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`;
  return (await fixture.graph.ask<{ commentedPosts: Page }>('engagement', viewer, query)).commentedPosts;
}
const idsOf = ({ edges }: Page) => edges.map(({ node }) => requireGlobalId('Post', node.id));
const newestFirst = () => posts.slice(1).toReversed();

test.each([1, 2, 6, 100])('are listed once each, newest first, in pages of %i', async (first) => {
  const seen: bigint[] = [];
  for (let after = '', more = true; more; ) {
    const found = await page(null, `first: ${first} ${after && `after: "${after}"`}`);
    seen.push(...idsOf(found));
    ({ hasNextPage: more, endCursor: after } = found.pageInfo);
  }
  expect(seen).toEqual(newestFirst());
});

test('are not listed if the viewer may not see the posts or the commenter', async () => {
  await fixture.world.block(bob!, ann!);
  expect(idsOf(await page(bob!))).toEqual([]);
  expect(idsOf(await page(ann!))).toEqual(newestFirst());
  await fixture.world.setPrivate(author!);
  expect(idsOf(await page(null))).toEqual([]);
  expect(idsOf(await page(author!))).toEqual(newestFirst());
  expect(idsOf(await page(null, '', globalId('User', 12n)))).toEqual([]);
});

test('leave out deleted comments and those that only their author sees', async () => {
  const { pool } = fixture.environment.database;
  const [gone, hidden, ...left] = newestFirst();
  await pool.query('UPDATE engagement.comment SET deleted_at = now() WHERE post_id = $1', [gone]);
  await pool.query('UPDATE engagement.comment SET is_hidden = true WHERE post_id = $1', [hidden]);
  expect(idsOf(await page(author!))).toEqual(left);
  expect(idsOf(await page(ann!))).toEqual([hidden, ...left]);
});

test.each(['first: 0', 'first: 101', 'after: "x"'])('refuse %s', async (args) => {
  await expect(page(null, args)).rejects.toThrow();
  await expect(page(null, args, globalId('User', 12n))).rejects.toThrow();
});

test('are empty for anything but an ID', async () => {
  for (const nobody of ['nobody', '', 'User_0', 'User_-1', `User_${'9'.repeat(30)}`])
    expect(idsOf(await page(null, '', nobody))).toEqual([]);
});

test('a page is one range scan over 100,000 rows', async () => {
  const { pool } = fixture.environment.database;
  await fill(
    pool,
    `INSERT INTO engagement.comment (post_id, id, post_author_id, author_id, text)
       SELECT 1 + n % 5000, 900000 + n, 1 + n % 10, 1000 + n % 20, 'text' FROM generate_series(1, 100000) n`,
  );
  await vacuumAnalyze(pool, 'engagement.comment');
  for (const after of [2n ** 62n, 2500n]) {
    for (const direction of ['forward', 'backward'] as const) {
      const nodes = await explain(pool, LIST_COMMENTED(direction), [1003n, 4n, after, 0n, 21]);
      expect(nodes.join()).toMatch(/^Limit,(Result,)?Unique,Index Only Scan$/);
    }
  }
});
