import { createOutbox, type ErasureStep } from '@tintype/events';
import { createIdempotency } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { EngagementEvents } from '@tintype/schema/events/engagement';
import { eraseAll, eraseInterrupted, eventually, explainWithIndexes, ONE_RANGE_SCAN } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCommentPublisher } from '../src/comment/comment.publisher.ts';
import { COMMENTS_OF, DELETED_WITH_TEXT, insertComment } from '../src/comment/comment.repository.ts';
import { createCommentService } from '../src/comment/comment.service.ts';
import { LIKED } from '../src/deletion/erasure.repository.ts';
import { createErasureSteps } from '../src/deletion/erasure.service.ts';
import { createSaveService } from '../src/save/save.service.ts';
import { SHARES_OF } from '../src/share/share.repository.ts';
import { createShareService } from '../src/share/share.service.ts';
import { type EngagementFixture, openEngagement } from './engagement.fixture.ts';

let fixture: EngagementFixture;
let steps: readonly ErasureStep[];
let gone: bigint;
let other: bigint;
let author: bigint;
let posts: bigint[];
/** A comment of the author on the first post. */
let comment: string;

beforeAll(async () => {
  fixture = await openEngagement();
  const { database, ids } = fixture.environment;
  const { pool } = database;
  const client = fixture.graph.clientOf('engagement');
  const outbox = createOutbox<EngagementEvents>({ owner: 'engagement', ids });
  steps = createErasureSteps({
    idempotency: createIdempotency({ pool, schema: 'engagement' }),
    pool,
    ids,
    outbox,
    client,
    comments: createCommentService({
      pool,
      ids,
      client,
      publisher: createCommentPublisher(outbox),
      isNew: () => false,
    }),
    shares: createShareService({ pool, ids, outbox, client }),
    saves: createSaveService({ pool, ids, outbox }),
  });
});
afterAll(() => fixture?.close());

async function sql<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await fixture.environment.database.pool.query(text, values)).rows as Row[];
}

async function left(userId: bigint): Promise<Record<string, number>> {
  const [row] = await sql<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM engagement."like" WHERE user_id = $1 AND liked) AS likes,
       (SELECT count(*)::int FROM engagement.comment WHERE author_id = $1 AND (deleted_at IS NULL OR text <> '')) AS comments,
       (SELECT count(*)::int FROM engagement.share WHERE user_id = $1 AND (deleted_at IS NULL OR text <> '')) AS shares,
       (SELECT count(*)::int FROM engagement.save WHERE user_id = $1) AS saves,
       (SELECT count(*)::int FROM engagement.collection WHERE user_id = $1) AS collections,
       (SELECT count(*)::int FROM engagement.collection_post WHERE user_id = $1) AS collected,
       (SELECT count(*)::int FROM engagement.comment_filter WHERE user_id = $1) AS filters`,
    [userId],
  );
  return row!;
}
const NOTHING = { likes: 0, comments: 0, shares: 0, saves: 0, collections: 0, collected: 0, filters: 0 };

/** Posts and comments whose counts differ from their rows. */
const drifted = () =>
  sql(`SELECT post_id FROM engagement.post_stats s WHERE
      like_count <> (SELECT count(*) FROM engagement."like" l WHERE l.target_id = s.post_id AND liked) OR
      share_count <> (SELECT count(*) FROM engagement.share h WHERE h.post_id = s.post_id AND deleted_at IS NULL) OR
      comment_count <> (SELECT count(*) FROM engagement.comment c WHERE c.post_id = s.post_id AND deleted_at IS NULL AND NOT is_hidden)
    UNION ALL SELECT id FROM engagement.comment s WHERE deleted_at IS NULL AND (
      like_count <> (SELECT count(*) FROM engagement."like" l WHERE l.target_id = s.id AND liked) OR
      reply_count <> (SELECT count(*) FROM engagement.comment c WHERE c.parent_id = s.id AND deleted_at IS NULL AND NOT is_hidden))`);

/** Deletions published for this person, by kind. Each comment, share and save is published once. */
async function ends(userId: bigint): Promise<Record<string, number>> {
  const rows = await sql<{ noun: string; count: number; subjects: number }>(
    `SELECT split_part(type, '.', 3) AS noun, count(*)::int AS count, count(DISTINCT subject)::int AS subjects
     FROM engagement.outbox WHERE type LIKE '%.deleted.v1' AND data->>'userId' = $1 GROUP BY 1`,
    [String(userId)],
  );
  for (const { count, subjects } of rows) expect(count).toBe(subjects);
  return Object.fromEntries(rows.map(({ noun, count }) => [noun, count]));
}

beforeEach(async () => {
  [gone, other, author] = (await fixture.world.register(3)) as [bigint, bigint, bigint];
  posts = [];
  for (let made = 0; made < 5; made++) posts.push(await fixture.world.publish(author));
  comment = await fixture.comment(author, posts[0]!, 'a comment of the author');
  for (const who of [gone, other]) {
    for (const postId of posts.map((id) => globalId('Post', id))) {
      await fixture.act(who, 'likePost', { postId });
      await fixture.act(who, 'savePost', { postId });
    }
    await fixture.act(who, 'likeComment', { commentId: comment });
    await fixture.act(who, 'sharePost', { postId: globalId('Post', posts[1]!), text: 'look' });
    await fixture.act(who, 'sharePost', { postId: globalId('Post', posts[2]!), text: 'look' });
    const { collection } = await fixture.act(who, 'createCollection', { name: 'mine' }, 'collection { id }');
    await fixture.act(who, 'savePost', {
      postId: globalId('Post', posts[0]!),
      collectionId: (collection as { id: string }).id,
    });
    await fixture.comment(who, posts[0]!, 'a reply', comment);
    await fixture.comment(who, posts[3]!, 'a comment');
  }
  const parent = await fixture.comment(gone, posts[4]!, 'with replies');
  await fixture.comment(other, posts[4]!, 'a reply to who goes', parent);
  await fixture.eventsApplied();
  for (const said of ['engagement.comment', 'engagement.share']) {
    const owner = said === 'engagement.share' ? 'user_id' : 'author_id';
    const columns = said === 'engagement.share' ? '' : ', mentioned_ids, hashtags';
    const values = said === 'engagement.share' ? '' : `, '{}', '{}'`;
    // Comments and shares that were deleted before, but still have their text.
    for (let time = 0; time < 3; time++) {
      await sql(
        `INSERT INTO ${said} (id, post_id, post_author_id, ${owner}, text, deleted_at${columns})
         VALUES ($1, $2, $3, $4, 'said before', now()${values})`,
        [fixture.environment.ids.next(), posts[2], author, gone],
      );
    }
  }
  await sql(`INSERT INTO engagement.comment_filter (user_id, words) VALUES ($1, '{bad}'), ($2, '{bad}')`, [
    gone,
    other,
  ]);
  await fixture.eventsApplied();
});

const ALL = { likes: 6, comments: 3, shares: 2, saves: 5, collections: 1, collected: 1, filters: 1 };
const ENDS = { comment: 3, share: 2, save: 5 };

/**
 * Checks that nothing of the deleted person is left, everything of the other person is, and all counts equal their
 * rows.
 */
async function expectErased(): Promise<void> {
  await eventually(async () => {
    await fixture.eventsApplied();
    expect(await left(gone)).toEqual(NOTHING);
    expect(
      await sql('SELECT id FROM engagement.comment WHERE deleted_at IS NULL AND text LIKE $1', ['%who goes']),
    ).toEqual([]);
    expect(await drifted()).toEqual([]);
  });
  // The reply was deleted with the comment.
  expect(await left(other)).toEqual({ ...ALL, comments: 3 });
  expect(await ends(gone)).toEqual(ENDS);
  expect(await fixture.counts(posts[0]!)).toMatchObject({ likes: 1, comments: 2 });
  expect(await fixture.counts(posts[1]!)).toMatchObject({ likes: 1, shares: 1 });
  expect(await fixture.counts(posts[4]!)).toMatchObject({ likes: 1, comments: 0 });
}

describe('a deleted account', () => {
  test('leaves no comments, likes, shares and saves after one event, and a replay changes nothing', async () => {
    expect(await left(gone)).toEqual({ ...ALL, comments: 6, shares: 5 });
    await fixture.world.deleteAccount(gone);
    await expectErased();
    const { bus } = fixture.environment;
    const seen = async () => {
      const info = await bus.jsm.consumers.info(bus.streamName('user'), 'engagement__erasure');
      expect([info.num_ack_pending, info.num_pending]).toEqual([0, 0]);
      return info.delivered.consumer_seq;
    };
    const before = await eventually(seen);
    await fixture.world.deleteAccount(gone);
    await eventually(async () => expect(await seen()).toBeGreaterThan(before));
    await expectErased();
  });

  test('is erased completely, however often the erasure is interrupted', async () => {
    expect(await eraseInterrupted(steps, gone, 2)).toBeGreaterThan(5);
    await expectErased();
  });

  test('keeps no like that waited in the log, and nothing of a mutation that started before', async () => {
    const { pool } = fixture.environment.database;
    const { ids } = fixture.environment;
    const publisher = createCommentPublisher(createOutbox({ owner: 'engagement', ids }));
    await transaction(pool, async (tx) => {
      const late = { id: ids.next(), postId: posts[2]!, postAuthorId: author, parentId: null, authorId: gone };
      const text = { text: 'too late', mentionedIds: [], hashtags: [], isHidden: false, needsApproval: false };
      await publisher.created(tx, await insertComment(tx, { ...late, ...text }), null);
      await eraseAll(steps, gone, 2);
    });
    await fixture.act(gone, 'unlikePost', { postId: globalId('Post', posts[0]!) });
    await fixture.act(gone, 'likePost', { postId: globalId('Post', posts[0]!) });
    const fresh = globalId('Post', await fixture.world.publish(author));
    await fixture.act(gone, 'savePost', { postId: fresh });
    await fixture.act(gone, 'sharePost', { postId: fresh, text: 'late' });
    expect((await fixture.act(gone, 'createCollection', { name: 'late' })).errors).toHaveLength(1);
    await eventually(async () => {
      await fixture.eventsApplied();
      expect(await left(gone)).toEqual(NOTHING);
      expect(await drifted()).toEqual([]);
    });
    expect(await ends(gone)).toEqual({ comment: 4, share: 3, save: 6 });
    expect(await left(other)).toEqual(ALL);
  });

  test('leaves no like of a post that is deleted as well', async () => {
    await fixture.world.withoutEvents(() => fixture.world.deletePost(posts[1]!));
    await eraseAll(steps, gone, 2);
    await eventually(async () => {
      await fixture.eventsApplied();
      expect(await left(gone)).toEqual(NOTHING);
    });
  });

  test('is read with one range scan for each page', async () => {
    const { pool } = fixture.environment.database;
    for (const text of [COMMENTS_OF, DELETED_WITH_TEXT, SHARES_OF]) {
      expect((await explainWithIndexes(pool, text, [1n, 5])).join()).toMatch(ONE_RANGE_SCAN);
    }
    expect((await explainWithIndexes(pool, LIKED, [1n, 0n, 5])).join()).toMatch(ONE_RANGE_SCAN);
  });
});
