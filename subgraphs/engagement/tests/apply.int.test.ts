import { eventually } from '@tintype/testing';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTopCommentStore } from '../src/comment/top-comment.store.ts';
import { createApplyService } from '../src/event-log/apply.service.ts';
import type { VersionedLike } from '../src/like/like.model.ts';
import { createStatsStore } from '../src/stats/stats.store.ts';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

let fixture: EngagementFixture;
beforeAll(async () => {
  fixture = await openEngagement({ workers: false });
});
afterAll(() => fixture?.close());

/** A pool whose commits wait. */
function heldAtCommit(pool: pg.Pool, held: Promise<void>): pg.Pool {
  const hold = (client: pg.PoolClient): pg.PoolClient =>
    new Proxy(client, {
      get(target, property) {
        const part = Reflect.get(target, property);
        if (property !== 'query') return typeof part === 'function' ? part.bind(target) : part;
        return async (...args: unknown[]) => {
          if (args[0] === 'COMMIT') await held;
          return (part as (...given: unknown[]) => Promise<unknown>).apply(target, args);
        };
      },
    });
  return new Proxy(pool, {
    get(target, property) {
      if (property === 'connect') return async () => hold(await target.connect());
      const part = Reflect.get(target, property);
      return typeof part === 'function' ? part.bind(target) : part;
    },
  });
}

function applyingOver(pool: pg.Pool) {
  const { database, redis } = fixture.environment;
  return createApplyService({
    pool,
    stats: createStatsStore({ redis, pool: database.pool }),
    top: createTopCommentStore({ redis, pool: database.pool }),
  });
}

test('two processes that apply changes of the same pair at once count it once', async () => {
  const { pool } = fixture.environment.database;
  const [author, ann] = await fixture.world.register(2);
  const postId = await fixture.world.publish(author!);
  const changesOf = (version: bigint): { likes: VersionedLike[]; commentIds: []; shareIds: []; postIds: bigint[] } => ({
    likes: [{ id: version, userId: ann!, targetId: postId, postId, isComment: false, liked: true, version }],
    commentIds: [],
    shareIds: [],
    postIds: [postId],
  });
  // The row of counts exists already, because creating it would lock it anyway.
  await pool.query('INSERT INTO engagement.post_stats (post_id) VALUES ($1)', [postId]);
  let commit = () => {};
  const held = new Promise<void>((resolve) => {
    commit = resolve;
  });
  const first = applyingOver(heldAtCommit(pool, held)).apply(changesOf(1n));
  await eventually(async () => {
    const { rows } = await pool.query(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE '%INTO engagement.post_stats%'`,
    );
    expect(rows).toEqual([{ count: 1 }]);
  });
  const second = applyingOver(pool).apply(changesOf(2n));
  await eventually(async () => {
    const { rows } = await pool.query(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(rows).toEqual([{ count: 1 }]);
  });
  commit();
  await Promise.all([first, second]);
  expect(await fixture.counts(postId)).toMatchObject({ likes: 1, likeRows: 1 });
});
