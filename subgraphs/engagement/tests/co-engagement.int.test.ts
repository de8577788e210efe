import { transaction } from '@tintype/postgres';
import { createEnvironment, type Environment, fill, vacuumAnalyze } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { IN_INDEX_ORDER, LIST_CO_ENGAGED, listCoEngaged } from '../src/activity/co-engagement.repository.ts';

let environment: Environment;
beforeAll(async () => {
  environment = await createEnvironment();
});
afterAll(() => environment?.close());
beforeEach(() => environment.database.pool.query('TRUNCATE engagement."like", engagement.save'));

async function like(userId: bigint, postIds: bigint[], state = { liked: true, isComment: false }): Promise<void> {
  for (const postId of postIds) {
    const id = environment.ids.next();
    const targetId = state.isComment ? id : postId;
    await environment.database.pool.query(
      `INSERT INTO engagement."like" (target_id, user_id, id, liked, post_id, is_comment, version) VALUES ($1, $2, $3, $4, $5, $6, 1)`,
      [targetId, userId, id, state.liked, postId, state.isComment],
    );
  }
}
const found = (viewerId: bigint, limit = 100) => listCoEngaged(environment.database.pool, viewerId, limit);

test('people with similar likes suggest posts, and people who like everything count less', async () => {
  await like(1n, [101n, 102n]);
  await like(2n, [101n, 102n, 103n]);
  await like(3n, [101n, 104n]);
  await like(4n, [101n, 105n, ...Array.from({ length: 20 }, (_, n) => 200n + BigInt(n))]);
  await like(5n, [106n, 107n]);
  const posts = await found(1n);
  expect(posts.slice(0, 2)).toEqual([
    { postId: 103n, score: expect.closeTo(2 / Math.log(4), 9) },
    { postId: 104n, score: expect.closeTo(1 / Math.log(3), 9) },
  ]);
  expect(posts).toHaveLength(23);
  expect(posts.at(-1)).toEqual({ postId: 105n, score: expect.closeTo(1 / Math.log(23), 9) });
  expect(await found(1n, 2)).toEqual(posts.slice(0, 2));
});

test('saved posts count like liked ones, and neither is suggested again', async () => {
  const save = 'INSERT INTO engagement.save (user_id, post_id, post_author_id, id) VALUES (1, $1, 9, $1)';
  for (const postId of [101n, 103n]) await environment.database.pool.query(save, [postId]);
  await like(2n, [101n, 103n, 104n]);
  expect(await found(1n)).toEqual([{ postId: 104n, score: expect.closeTo(2 / Math.log(4), 9) }]);
});

test('removed likes and likes of comments do not count', async () => {
  await like(1n, [101n], { liked: false, isComment: false });
  await like(1n, [102n], { liked: true, isComment: true });
  await like(2n, [101n, 102n, 103n]);
  expect(await found(1n)).toEqual([]);
  await like(1n, [103n]);
  await like(2n, [104n], { liked: true, isComment: true });
  await like(2n, [105n], { liked: false, isComment: false });
  expect((await found(1n)).map(({ postId }) => postId)).toEqual([102n, 101n]);
  expect(await found(77n)).toEqual([]);
});

test('no step reads a whole table of 100,000 likes', async () => {
  const { pool } = environment.database;
  await fill(
    pool,
    `INSERT INTO engagement."like" (target_id, user_id, id, liked, post_id, is_comment, version)
       SELECT 1 + n / 50, 1 + (n * 7919) % 1009, n, true, 1 + n / 50, false, 1 FROM generate_series(1, 100000) n
       ON CONFLICT DO NOTHING;
     INSERT INTO engagement.save (user_id, post_id, post_author_id, id)
       SELECT 1 + n % 1000, 1 + n / 50, 9, n FROM generate_series(1, 100000) n ON CONFLICT DO NOTHING`,
  );
  await vacuumAnalyze(pool, 'engagement."like"', 'engagement.save');
  const plan = await transaction(pool, async (tx) => {
    await tx.query(IN_INDEX_ORDER);
    const { rows } = await tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${LIST_CO_ENGAGED.text}`, [5n, 100]);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
  expect(plan).not.toMatch(/Seq Scan|Bitmap/);
  expect(plan.match(/Index (Only )?Scan using/g)).toHaveLength(6);
  expect(await found(5n)).toHaveLength(100);
});
