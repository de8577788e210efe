import { globalId } from '@tintype/ids';
import { explain, fill, vacuumAnalyze } from '@tintype/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { OWN_ENGAGEMENT } from '../src/own-engagement/own-engagement.repository.ts';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

let fixture: EngagementFixture;
let [author, ann]: bigint[] = [];
let postIds: bigint[];
beforeAll(async () => {
  // Without workers, nothing but requests sends statements, and new comments stay uncounted.
  fixture = await openEngagement({ workers: false });
  [author, ann] = await fixture.world.register(2);
  postIds = await Promise.all(Array.from({ length: 20 }, () => fixture.world.publish(author!)));
});
afterAll(() => fixture?.close());

const COUNTS = 'likeCount commentCount shareCount viewerHasLiked viewerHasSaved';
type Post = { commentCount: number };

/** The counts in a page of the feed, and what it takes to read them. */
async function readPage(viewer: bigint | null) {
  const { statements, redis } = fixture.environment;
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Post { ${COUNTS} } } }`;
  const of = postIds.map((id) => ({ __typename: 'Post', id: globalId('Post', id) }));
  const reads = vi.spyOn(redis.client, 'mGet');
  try {
    const before = statements.length;
    const { _entities } = await fixture.graph.ask<{ _entities: Post[] }>('engagement', viewer, query, { of });
    return {
      comments: _entities.reduce((sum, { commentCount }) => sum + commentCount, 0),
      statements: statements.slice(before).filter((text) => text.includes('engagement.')).length,
      redisReads: reads.mock.calls.length,
    };
  } finally {
    reads.mockRestore();
  }
}

test('a page of a feed takes one statement for all that the viewer did with its posts', async () => {
  // Counts are read from Postgres once for everybody.
  await readPage(author!);
  expect(await readPage(ann!)).toEqual({ comments: 0, statements: 1, redisReads: 2 });
  expect(await readPage(null)).toEqual({ comments: 0, statements: 0, redisReads: 1 });
});

test('it takes one more if some of the viewer’s comments are not counted', async () => {
  await readPage(author!);
  for (const postId of postIds.slice(0, 2)) await fixture.comment(ann!, postId, 'hello');
  expect(await readPage(ann!)).toEqual({ comments: 2, statements: 2, redisReads: 2 });
  expect(await readPage(author!)).toEqual({ comments: 0, statements: 1, redisReads: 2 });
});

test('it is read by indexes, however much others did', async () => {
  const { pool } = fixture.environment.database;
  const series = 'FROM generate_series(1, 100000) n';
  await fill(
    pool,
    `INSERT INTO engagement.comment (post_id, id, post_author_id, author_id, text)
      SELECT 1 + n % 5, n, 1, 1000 + n % 5000, 'text' ${series}`,
  );
  await fill(
    pool,
    `INSERT INTO engagement."like" (target_id, user_id, id, liked, post_id, is_comment, version)
      SELECT 1 + n % 5, n, n, true, 1 + n % 5, false, n ${series}`,
  );
  await fill(
    pool,
    `INSERT INTO engagement.save (user_id, post_id, post_author_id, id) SELECT n % 5000, n, 1, n ${series}`,
  );
  await vacuumAnalyze(pool, 'engagement.comment', 'engagement."like"', 'engagement.save');
  const nodes = await explain(pool, OWN_ENGAGEMENT, [[1n, 2n, 3n], 1007n]);
  expect(nodes).not.toContain('Seq Scan');
});
