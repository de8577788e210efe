import { globalId } from '@tintype/ids';
import { eventually } from '@tintype/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rebuildEngagement } from '../src/index.ts';
import { type EngagementFixture, openEngagement, unapplied } from './engagement.fixture.ts';

let fixture: EngagementFixture;
beforeAll(async () => {
  fixture = await openEngagement();
});
afterAll(() => fixture?.close());

const pick = fc.nat(99);
const step = fc.record({
  does: fc.constantFrom(
    ...(['like', 'like', 'unlike', 'comment', 'reply', 'likeComment', 'likeComment', 'share', 'save'] as const),
    ...(['deleteComment', 'deletePost', 'deleteAccount'] as const),
  ),
  who: pick,
  post: pick,
  comment: pick,
});

/** Rows that are visible or counted, and counts above zero. */
async function state(): Promise<unknown[]> {
  const { pool } = fixture.environment.database;
  const tables = [
    'SELECT target_id, user_id, liked FROM engagement."like" WHERE liked ORDER BY 1, 2',
    `SELECT post_id, like_count, comment_count, share_count FROM engagement.post_stats
     WHERE (like_count, comment_count, share_count) <> (0, 0, 0) ORDER BY 1`,
    'SELECT id, post_id, like_count, reply_count, is_counted FROM engagement.comment WHERE deleted_at IS NULL ORDER BY 1',
    'SELECT post_id, user_id, is_counted FROM engagement.share WHERE deleted_at IS NULL ORDER BY 1, 2',
    'SELECT user_id, post_id FROM engagement.save ORDER BY 1, 2',
  ];
  return Promise.all(tables.map(async (text) => (await pool.query(text)).rows));
}

const CLEANERS = [
  ['engagement', 'engagement__replies'],
  ['post', 'engagement__post-deleted'],
  ['user', 'engagement__erasure'],
] as const;

/** Waits until all events, and those that follow from them, have been applied. */
async function eventsApplied(): Promise<void> {
  const { bus, database } = fixture.environment;
  const quiet = async () => {
    const text = 'SELECT count(*)::int AS left FROM engagement.outbox WHERE published_at IS NULL';
    expect((await database.pool.query(text)).rows[0].left).toBe(0);
    for (const [owner, durable] of CLEANERS) {
      const info = await bus.jsm.consumers.info(bus.streamName(owner), durable);
      expect([info.num_pending, info.num_ack_pending]).toEqual([0, 0]);
    }
    expect(await unapplied(bus)).toBe(0);
  };
  // Twice in a row, because one event may cause another.
  await eventually(async () => {
    await quiet();
    await quiet();
  });
}

test('a rebuild gives the present state, whatever was created and deleted before', { timeout: 300_000 }, async () => {
  const { database, redis } = fixture.environment;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), async (steps) => {
      const people = await fixture.world.register(4);
      const author = people[0]!;
      const posts = [
        await fixture.world.publish(author),
        await fixture.world.publish(author),
        await fixture.world.publish(people[1]!),
      ];
      const comments: string[] = [];
      const of = <T>(list: readonly T[], at: number): T => list[at % list.length]!;
      for (const { does, ...at } of steps) {
        const who = of(people, at.who);
        const postId = globalId('Post', of(posts, at.post));
        const commentId = comments.length > 0 ? of(comments, at.comment) : null;
        // Refused mutations, whose target is deleted, are part of the history as well.
        if (does === 'like') await fixture.act(who, 'likePost', { postId });
        else if (does === 'unlike') await fixture.act(who, 'unlikePost', { postId });
        else if (does === 'share') await fixture.act(who, 'sharePost', { postId });
        else if (does === 'save') await fixture.act(who, 'savePost', { postId });
        else if (does === 'comment' || does === 'reply') {
          const parentId = does === 'reply' && commentId ? { parentId: commentId } : {};
          const made = await fixture.act(
            who,
            'createComment',
            { postId, text: 'a text', ...parentId },
            'comment { id }',
          );
          if (made.comment) comments.push((made.comment as { id: string }).id);
        } else if (does === 'likeComment' && commentId) await fixture.act(who, 'likeComment', { commentId });
        else if (does === 'deleteComment' && commentId) {
          for (const one of people) await fixture.act(one, 'deleteComment', { commentId });
        } else if (does === 'deletePost') await fixture.world.deletePost(of(posts, at.post));
        else if (does === 'deleteAccount') await fixture.world.deleteAccount(who);
      }
      await eventsApplied();
      const live = await state();
      await rebuildEngagement({ pool: database.pool, redis }, () => undefined);
      expect(await state()).toEqual(live);
      await eventsApplied();
      expect(await state()).toEqual(live);
    }),
    { numRuns: 8, seed: 20261128, endOnFailure: true },
  );
});
