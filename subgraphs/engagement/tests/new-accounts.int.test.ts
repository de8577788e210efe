import { firstId, globalId } from '@tintype/ids';
import { NEW_ACCOUNT_LIMITS } from '@tintype/policy';
import { explain, fill, removeKeys, vacuumAnalyze } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMENTS_RECENT } from '../src/comment/comment.repository.ts';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

const DAY_MS = 24 * 3600 * 1000;

let fixture: EngagementFixture;
let postId: bigint;
beforeAll(async () => {
  fixture = await openEngagement({ workers: false, env: { NEW_ACCOUNT_DAYS: '3' } });
  const [author] = await fixture.world.register(1);
  postId = await fixture.world.publish(author!);
});
afterAll(() => fixture?.close());

const write = async (who: bigint, text = 'Well met') => {
  const input = { postId: globalId('Post', postId), text };
  const { errors, comment } = await fixture.act(who, 'createComment', input, 'comment { id }');
  return errors.length > 0 ? errors.map(({ code }) => code).join() : (comment as { id: string }).id;
};
/** Comments of somebody, written some time ago, of which the first are deleted. */
const fillComments = (who: bigint, count: number, ageMs: number, deleted = 0) =>
  fixture.environment.database.pool.query(
    `INSERT INTO engagement.comment (post_id, id, post_author_id, author_id, text, deleted_at)
     SELECT $1, $2::bigint + n, 1, $3, 'text', CASE WHEN n <= $5 THEN now() END FROM generate_series(1, $4::int) n`,
    [postId, firstId(Date.now() - ageMs - ++filled * 100), who, count, deleted],
  );
let filled = 0;

test('a new account writes up to 50 comments within 24 hours, also if it deletes them, writes several at once, or Redis is emptied', async () => {
  const [person] = await fixture.world.register(1);
  await fillComments(person!, NEW_ACCOUNT_LIMITS.comments - 2, 1000, 40);
  const first = await write(person!);
  await fixture.act(person!, 'deleteComment', { commentId: first });
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => write(person!)));
  expect(outcomes.filter((outcome) => outcome === 'TOO_MANY_COMMENTS')).toHaveLength(3);
  await removeKeys(fixture.environment.redis);
  expect(await write(person!)).toBe('TOO_MANY_COMMENTS');
});

test('comments from before these 24 hours do not count', async () => {
  const [person] = await fixture.world.register(1);
  await fillComments(person!, NEW_ACCOUNT_LIMITS.comments, DAY_MS + 60_000);
  expect(await write(person!)).toMatch(/^Comment_/);
});

test('an account that is three days old has none of these limits', async () => {
  const [young, old] = [firstId(Date.now() - 3 * DAY_MS + 600_000), firstId(Date.now() - 3 * DAY_MS - 1000)];
  for (const id of [young, old]) {
    await fixture.world.registerAs({ id });
    await fillComments(id, NEW_ACCOUNT_LIMITS.comments, 1000);
  }
  const links = 'https://a.example and https://b.example';
  expect([await write(young), await write(young, links)]).toEqual(['TOO_MANY_COMMENTS', 'TOO_MANY_LINKS']);
  for (const text of ['Well met', links]) expect(await write(old, text)).toMatch(/^Comment_/);
});

test('texts of new accounts have fewer links and mentions, also when they are edited or shared', async () => {
  const [person] = await fixture.world.register(1);
  const links = 'https://a.example and https://b.example';
  expect(await write(person!, '@a @b @c @d @e @f')).toBe('TOO_MANY_MENTIONS');
  const commentId = await write(person!);
  const edited = await fixture.act(person!, 'updateComment', { commentId, text: links });
  expect(edited.errors).toMatchObject([{ code: 'TOO_MANY_LINKS', path: ['input', 'text'] }]);
  const shared = await fixture.act(person!, 'sharePost', { postId: globalId('Post', postId), text: links });
  expect(shared.errors).toMatchObject([{ code: 'TOO_MANY_LINKS', path: ['input', 'text'] }]);
});

test('counting reads an index', async () => {
  const { pool } = fixture.environment.database;
  await fill(
    pool,
    `INSERT INTO engagement.comment (post_id, id, post_author_id, author_id, text, deleted_at)
      SELECT 1, n, 1, 1000 + n % 5000, 'text', CASE WHEN n % 2 = 0 THEN now() END FROM generate_series(1, 100000) n`,
  );
  await vacuumAnalyze(pool, 'engagement.comment');
  const nodes = await explain(pool, COMMENTS_RECENT, [1007n, 90_000n]);
  expect(nodes).not.toContain('Seq Scan');
});
