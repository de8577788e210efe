import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { findGone, removeTold } from '#cleanup/gone.repository.ts';
import { moveCounts, settleCounted } from '#comment/comment.repository.ts';
import type { TopStore } from '#comment/top.store.ts';
import { applyLikes } from '#like/like.repository.ts';
import { settleSharesCounted } from '#share/share.repository.ts';
import { moveStats, type StatsMove, type StatsRow } from '#stats/stats.repository.ts';
import type { StatsStore } from '#stats/stats.store.ts';
import type { Told } from './apply.rules.ts';

export type ApplyService = {
  /**
   * Brings tables and counts in line with what a batch of the log says, then shows the counts to everyone. Can run twice. Of posts that are
   * deleted nothing stays.
   */
  apply(told: Told): Promise<void>;
};

type CommentMove = { id: bigint; likes: number; replies: number };

/**
 * Where the log becomes tables. One statement for each table and batch, however many people like one post; counts move by the rows that
 * really changed, in the same transaction.
 */
export function createApplyService(deps: { pool: pg.Pool; stats: StatsStore; top: TopStore }): ApplyService {
  const { pool, stats, top } = deps;

  const write = (told: Told): Promise<{ rows: StatsRow[]; commentsOf: bigint[] }> =>
    transaction(pool, async (tx) => {
      const posts = createMoves<StatsMove>((postId) => ({ postId, likes: 0, comments: 0, shares: 0 }));
      const comments = createMoves<CommentMove>((id) => ({ id, likes: 0, replies: 0 }));
      const commentsOf = new Set<bigint>();
      const likedComments = new Map(told.likes.filter((one) => one.isComment).map((one) => [one.targetId, one.postId]));

      if (told.likes.length > 0) {
        for (const { targetId, by } of await applyLikes(tx, told.likes)) {
          const postId = likedComments.get(targetId);
          if (postId === undefined) posts.of(targetId).likes += by;
          else {
            comments.of(targetId).likes += by;
            commentsOf.add(postId);
          }
        }
      }
      if (told.commentIds.length > 0) {
        for (const { postId, parentId, by } of await settleCounted(tx, told.commentIds)) {
          posts.of(postId).comments += by;
          if (parentId !== null) comments.of(parentId).replies += by;
          commentsOf.add(postId);
        }
      }
      if (told.shareIds.length > 0) {
        for (const { postId, by } of await settleSharesCounted(tx, told.shareIds)) posts.of(postId).shares += by;
      }
      if (comments.all().length > 0) await moveCounts(tx, comments.all());
      const rows = posts.all().length > 0 ? await moveStats(tx, posts.all()) : [];
      return { rows, commentsOf: [...commentsOf] };
    });

  return {
    async apply(told) {
      if (told.postIds.length === 0) return;
      const { rows, commentsOf } = await write(told);
      const gone = await findGone(pool, told.postIds);
      if (gone.size > 0) await removeTold(pool, told, gone);
      await Promise.all([stats.publish(rows.filter(({ postId }) => !gone.has(postId))), top.forget(commentsOf)]);
    },
  };
}

/** Sums by id, in the order of the ids. */
function createMoves<Move>(zero: (id: bigint) => Move): { of(id: bigint): Move; all(): Move[] } {
  const moves = new Map<bigint, Move>();
  return {
    of(id) {
      const known = moves.get(id) ?? zero(id);
      moves.set(id, known);
      return known;
    },
    all: () => [...moves].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, move]) => move),
  };
}
