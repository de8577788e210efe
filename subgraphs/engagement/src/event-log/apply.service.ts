import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { addToCommentCounts, reconcileCountedComments } from '#comment/comment.repository.ts';
import type { TopCommentStore } from '#comment/top-comment.store.ts';
import { deleteRowsOfPosts, findDeletedPosts } from '#deletion/deleted-post.repository.ts';
import { applyLikes } from '#like/like.repository.ts';
import { reconcileCountedShares } from '#share/share.repository.ts';
import { addToStats, type StatsDelta, type StatsRow } from '#stats/stats.repository.ts';
import type { StatsStore } from '#stats/stats.store.ts';
import type { LogBatch } from './apply.rules.ts';

export type ApplyService = {
  /**
   * Writes a batch of the log to the tables, updates the counts and publishes them. Applying a batch twice has no
   * further effect. Rows of deleted posts are removed again.
   */
  apply(batch: LogBatch): Promise<void>;
};

type CommentDelta = { id: bigint; likes: number; replies: number };

/**
 * Applies the log to the tables with one statement per table and batch, however many people like one post. In the same
 * transaction, each count changes by the number of rows that changed.
 */
export function createApplyService(deps: { pool: pg.Pool; stats: StatsStore; top: TopCommentStore }): ApplyService {
  const { pool, stats, top } = deps;

  const write = (batch: LogBatch): Promise<{ rows: StatsRow[]; postIdsWithComments: bigint[] }> =>
    transaction(pool, async (tx) => {
      const posts = createDeltas<StatsDelta>((postId) => ({ postId, likes: 0, comments: 0, shares: 0 }));
      const comments = createDeltas<CommentDelta>((id) => ({ id, likes: 0, replies: 0 }));
      const postIdsWithComments = new Set<bigint>();
      const likedComments = new Map(
        batch.likes.filter((one) => one.isComment).map((one) => [one.targetId, one.postId]),
      );

      if (batch.likes.length > 0) {
        for (const { targetId, by } of await applyLikes(tx, batch.likes)) {
          const postId = likedComments.get(targetId);
          if (postId === undefined) posts.of(targetId).likes += by;
          else {
            comments.of(targetId).likes += by;
            postIdsWithComments.add(postId);
          }
        }
      }
      if (batch.commentIds.length > 0) {
        for (const { postId, parentId, by } of await reconcileCountedComments(tx, batch.commentIds)) {
          posts.of(postId).comments += by;
          if (parentId !== null) comments.of(parentId).replies += by;
          postIdsWithComments.add(postId);
        }
      }
      if (batch.shareIds.length > 0) {
        for (const { postId, by } of await reconcileCountedShares(tx, batch.shareIds)) posts.of(postId).shares += by;
      }
      if (comments.all().length > 0) await addToCommentCounts(tx, comments.all());
      const rows = posts.all().length > 0 ? await addToStats(tx, posts.all()) : [];
      return { rows, postIdsWithComments: [...postIdsWithComments] };
    });

  return {
    async apply(batch) {
      if (batch.postIds.length === 0) return;
      const { rows, postIdsWithComments } = await write(batch);
      const deletedIds = await findDeletedPosts(pool, batch.postIds);
      if (deletedIds.size > 0) await deleteRowsOfPosts(pool, batch, deletedIds);
      await Promise.all([
        stats.publish(rows.filter(({ postId }) => !deletedIds.has(postId))),
        top.forget(postIdsWithComments),
      ]);
    },
  };
}

/** Sums by id, sorted by id. */
function createDeltas<Delta>(zero: (id: bigint) => Delta): { of(id: bigint): Delta; all(): Delta[] } {
  const deltas = new Map<bigint, Delta>();
  return {
    of(id) {
      const known = deltas.get(id) ?? zero(id);
      deltas.set(id, known);
      return known;
    },
    all: () => [...deltas].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, delta]) => delta),
  };
}
