import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { globalId } from '@tintype/ids';
import { removeKeys } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rebuildEngagement } from '../src/index.ts';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

let fixture: EngagementFixture;
beforeAll(async () => {
  fixture = await openEngagement();
});
afterAll(() => fixture?.close());

test('a rebuild restores tables, counts and Redis, and proves that they agree', async () => {
  const { database, redis } = fixture.environment;
  const { pool } = database;
  const [author, ann, bob] = await fixture.world.register(3);
  const posts = [
    await fixture.world.publish(author!),
    await fixture.world.publish(author!),
    await fixture.world.publish(author!),
  ];
  const comment = await fixture.comment(ann!, posts[0]!, 'a comment');
  await fixture.comment(bob!, posts[0]!, 'a reply', comment);
  for (const who of [ann!, bob!]) await fixture.act(who, 'likePost', { postId: globalId('Post', posts[0]!) });
  await fixture.act(bob!, 'likeComment', { commentId: comment });
  await fixture.act(bob!, 'likePost', { postId: globalId('Post', posts[1]!) });
  await fixture.act(bob!, 'unlikePost', { postId: globalId('Post', posts[1]!) });
  await fixture.act(ann!, 'sharePost', { postId: globalId('Post', posts[2]!) });
  await fixture.eventsApplied();
  const state = async () => [
    (await pool.query('SELECT target_id, user_id, liked FROM engagement."like" ORDER BY 1, 2')).rows,
    (await pool.query('SELECT post_id, like_count, comment_count, share_count FROM engagement.post_stats ORDER BY 1'))
      .rows,
    (await pool.query('SELECT id, like_count, reply_count, is_counted FROM engagement.comment ORDER BY 1')).rows,
  ];
  const before = await state();

  await pool.query('DELETE FROM engagement."like"');
  await pool.query('UPDATE engagement.post_stats SET like_count = 77 WHERE post_id = $1', [posts[0]]);
  await pool.query('DELETE FROM engagement.post_stats WHERE post_id = $1', [posts[2]]);
  await pool.query('UPDATE engagement.comment SET like_count = 9, reply_count = 0, is_counted = NOT is_counted');
  await removeKeys(redis, 'engagement:*');

  const said: string[] = [];
  const report = await rebuildEngagement({ pool, redis }, (text) => said.push(text));
  expect(await state()).toEqual(before);
  expect(report.corrected).toBeGreaterThan(0);
  expect(new Set(Object.values(report.checksums)).size).toBe(1);
  expect(said.at(-1)).toMatch(/3 posts counted/);
  const again = await rebuildEngagement({ pool, redis }, () => undefined);
  expect(again).toMatchObject({ corrected: 0, checksums: report.checksums });
});

test('npm run engagement -- rebuild reports whether they agree', async () => {
  const program = fileURLToPath(new URL('../engagement.cli.ts', import.meta.url));
  const env = { ...process.env, ...fixture.environment.env };
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'rebuild'], { env });
  expect(stdout).toContain('They agree.');
});
