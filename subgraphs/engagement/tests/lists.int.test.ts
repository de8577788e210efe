import { explain, fill, ONE_RANGE_SCAN, ONE_RANGE_SCAN_EACH, vacuumAnalyze } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIST_ACTIVITY } from '../src/activity/activity.repository.ts';
import { COMMENT_LISTS, TOP_OF_POSTS } from '../src/comment/comment-list.repository.ts';
import { LIKER_LISTS, LIST_LIKERS } from '../src/like/like.repository.ts';
import { SAVE_LISTS } from '../src/save/save.repository.ts';
import { SHARE_LISTS } from '../src/share/share.repository.ts';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

const MAX = 2n ** 63n - 1n;
let fixture: EngagementFixture;
beforeAll(async () => {
  fixture = await openEngagement({ workers: false });
  const { pool } = fixture.environment.database;
  await fill(
    pool,
    `
    INSERT INTO engagement."like" (target_id, user_id, id, liked, post_id, is_comment, version)
      SELECT 1 + n % 50, 1000 + n / 50, n, n % 10 > 0, 1 + n % 50, false, n FROM generate_series(1, 100000) n;
    INSERT INTO engagement.comment (post_id, id, parent_id, post_author_id, author_id, text, pinned_at, like_count, is_hidden)
      SELECT 1 + n % 50, n, CASE WHEN n % 4 = 0 THEN 1 + n % 500 END, 1, 1000 + n % 500, 'text',
        CASE WHEN n % 4 > 0 AND n < 50000 THEN now() - n * interval '1 second' END, n % 97, n % 50 = 0
      FROM generate_series(1, 100000) n;
    INSERT INTO engagement.save (user_id, post_id, post_author_id, id)
      SELECT 1000 + n % 100, n, 1, n FROM generate_series(1, 100000) n;
    INSERT INTO engagement.collection_post (user_id, collection_id, post_id, id)
      SELECT 1000 + n % 100, n % 5, n, n FROM generate_series(1, 100000) n;
    INSERT INTO engagement.collection (user_id, id, name, name_key)
      SELECT 1000 + n % 200, n, n::text, n::text FROM generate_series(1, 100000) n;
    INSERT INTO engagement.share (user_id, id, post_id, post_author_id)
      SELECT 1000 + n % 500, n, n, 1 FROM generate_series(1, 100000) n;`,
  );
  for (const table of ['"like"', 'comment', 'save', 'collection', 'collection_post', 'share']) {
    await vacuumAnalyze(pool, `engagement.${table}`);
  }
});
afterAll(() => fixture?.close());

const DIRECTIONS = ['forward', 'backward'] as const;
const { newest, top, replies } = COMMENT_LISTS;
test.each([
  ['saved posts', SAVE_LISTS.saved, [1007n, MAX, 21]],
  ['posts of a collection', SAVE_LISTS.collected, [1007n, MAX, 21, 2n]],
  ['collections', SAVE_LISTS.collections, [1007n, MAX, 21]],
])('%s are one range scan over 100,000 rows, in both directions', async (_name, list, values) => {
  for (const direction of DIRECTIONS)
    expect((await explain(fixture.environment.database.pool, list(direction), values)).join()).toMatch(ONE_RANGE_SCAN);
});

test.each([
  ['newest comments', newest, [0n, [7n, 8n], [MAX, 50_000n], [21, 21]]],
  [
    'likers',
    LIKER_LISTS,
    [
      [7n, 8n],
      [MAX, 50_000n],
      [21, 21],
    ],
  ],
  [
    'shares',
    SHARE_LISTS,
    [
      [1007n, 1008n],
      [MAX, 50_000n],
      [21, 21],
    ],
  ],
  ['replies', replies, [0n, [7n, 8n], [0n, 50_000n], [21, 21]]],
])('%s are one range scan for each parent over 100,000 rows, in both directions', async (_name, list, values) => {
  for (const direction of DIRECTIONS) {
    const nodes = await explain(fixture.environment.database.pool, list(direction), values);
    expect(nodes.join()).toMatch(ONE_RANGE_SCAN_EACH);
  }
});

test('top comments of posts are two range scans each over 100,000 rows', async () => {
  const values = [0n, [7n, 8n], [253_402_300_799_999n, 0n], [2n ** 31n - 1n, 40n], [MAX, 50_000n], [21, 21]];
  for (const direction of DIRECTIONS) {
    const nodes = await explain(fixture.environment.database.pool, top(direction), values);
    expect(nodes.join()).toMatch(/,Append,(Subquery Scan,)?Limit,Index Scan,(Subquery Scan,)?Limit,Index Scan$/);
  }
});

test.each([
  ['activity', LIST_ACTIVITY('forward'), [1007n, MAX, 21, ['LIKE', 'COMMENT', 'SHARE', 'SAVE']]],
  ['activity, read backward', LIST_ACTIVITY('backward'), [1007n, MAX, 21, ['LIKE', 'COMMENT', 'SHARE', 'SAVE']]],
  ['top comments of a feed', TOP_OF_POSTS, [[7n, 8n, 9n], 10]],
  ['likers of a feed', LIST_LIKERS, [[7n, 8n, 9n], [1001n, 1002n, 1003n], 8]],
])('%s reads no table from end to end', async (_name, text, values) => {
  const nodes = await explain(fixture.environment.database.pool, text, values);
  expect(nodes).not.toContain('Seq Scan');
});
