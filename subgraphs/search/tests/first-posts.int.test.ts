import { createEnvironment } from '@tintype/testing';
import { expect, test } from 'vitest';
import { createProjectionService } from '#projection/projection.service.ts';

test('a post that arrives together with its author counts for its hashtags', async () => {
  const environment = await createEnvironment();
  const { pool } = environment.database;
  const projection = createProjectionService({ pool, changed: () => undefined });
  const pairs = Array.from({ length: 60 }, (_, at) => BigInt(at + 1));
  const account = (userId: bigint) => ({
    userId,
    username: `u${userId}`,
    displayName: '',
    isPrivate: false,
    deleted: false,
    version: 1n,
  });
  const post = (id: bigint) => ({
    postId: id,
    authorId: id,
    caption: '#dawn',
    hashtags: ['dawn'],
    publishedMs: 1n,
    deleted: false,
    version: 1n,
  });
  for (const id of pairs) await Promise.all([projection.posts([post(id)]), projection.accounts([account(id)])]);
  const { rows } = await pool.query('SELECT post_count::int AS count FROM search.hashtag');
  expect(rows).toEqual([{ count: pairs.length }]);
  await environment.close();
});
