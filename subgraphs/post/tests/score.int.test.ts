import { withRequest } from '@tintype/graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScoreService } from '#engagement/score.service.ts';
import { type HashtagStage, openHashtags } from './hashtag.stage.ts';

let stage: HashtagStage;
beforeAll(async () => {
  stage = await openHashtags();
});
afterAll(() => stage?.close());

test('a change that is told while the counts are looked up is looked at again', async () => {
  const { pool } = stage.posts.environment.database;
  const id = await stage.publish(stage.author, '#looked');
  await pool.query('DELETE FROM post.engagement_due');
  await pool.query(
    "INSERT INTO post.engagement_due (post_id, due_at, version) VALUES ($1, now() - interval '1 s', 1)",
    [id],
  );
  // Times are rounded to milliseconds: this very moment could be one that is still to come.
  const due = `due_at = now() - interval '1 s'`;
  let meanwhile = `UPDATE post.engagement_due SET version = 2, ${due}`;
  const client = withRequest(async () => {
    await pool.query(meanwhile);
    return { data: { postCounts: [] } };
  });
  const { settle } = createScoreService({ pool, client });
  expect(await settle()).toBe(1);
  meanwhile = 'SELECT 1';
  const { rows } = await pool.query('SELECT version::int, looks, due_at <= now() AS due FROM post.engagement_due');
  expect(rows).toEqual([{ version: 2, looks: 0, due: true }]);
  // Twice, the second time much later: then it is done.
  expect(await settle()).toBe(1);
  expect(await settle()).toBe(0);
  await pool.query(`UPDATE post.engagement_due SET ${due}`);
  expect(await settle()).toBe(1);
  await pool.query(`UPDATE post.engagement_due SET ${due}`);
  expect(await settle()).toBe(0);
});
