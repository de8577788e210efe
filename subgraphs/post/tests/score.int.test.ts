import { withRequest } from '@tintype/graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScoreService } from '#score/score.service.ts';
import { type HashtagFixture, openHashtags } from './hashtag.fixture.ts';
import { snowflakeOf } from './post.fixture.ts';

let fixture: HashtagFixture;
beforeAll(async () => {
  fixture = await openHashtags();
});
afterAll(() => fixture?.close());

test('a score is refreshed again if the post changes during a refresh', async () => {
  const { pool } = fixture.posts.environment.database;
  const id = await fixture.publish(fixture.author, '#changed');
  await pool.query('DELETE FROM post.stale_score');
  await pool.query(
    "INSERT INTO post.stale_score (post_id, refresh_at, version) VALUES ($1, now() - interval '1 s', 1)",
    [snowflakeOf(id)],
  );
  // Times are rounded to milliseconds, so the current time could be rounded into the future.
  const due = `refresh_at = now() - interval '1 s'`;
  let meanwhile = `UPDATE post.stale_score SET version = 2, ${due}`;
  const client = withRequest(async () => {
    await pool.query(meanwhile);
    return { data: { postCounts: [] } };
  });
  const { refreshStale } = createScoreService({ pool, client });
  expect(await refreshStale()).toBe(1);
  meanwhile = 'SELECT 1';
  const { rows } = await pool.query(
    'SELECT version::int, refreshes, refresh_at <= now() AS "isDue" FROM post.stale_score',
  );
  expect(rows).toEqual([{ version: 2, refreshes: 0, isDue: true }]);
  // The second refresh, much later, is the last one.
  expect(await refreshStale()).toBe(1);
  expect(await refreshStale()).toBe(0);
  await pool.query(`UPDATE post.stale_score SET ${due}`);
  expect(await refreshStale()).toBe(1);
  await pool.query(`UPDATE post.stale_score SET ${due}`);
  expect(await refreshStale()).toBe(0);
});
