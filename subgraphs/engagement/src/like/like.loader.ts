import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { ViewerLike } from './like.model.ts';
import { findLikesWithCounts, listLikers } from './like.repository.ts';
import type { PendingLikeStore } from './pending-like.store.ts';

/**
 * Whether the viewer likes targets, according to the tables and to changes that have not been applied yet. If there is
 * such a change, the row and the count are read at the same moment, and the change is added to the count if the row
 * lacks it. So the count includes the viewer's own like immediately and exactly once.
 *
 * @param deps.findLiked which of these targets the viewer likes according to the tables
 */
export function createViewerLikeLoader(deps: {
  pool: Executor;
  pending: PendingLikeStore;
  userId: bigint | null;
  findLiked(targetIds: readonly bigint[]): Promise<readonly bigint[]>;
}): Loader<bigint, ViewerLike> {
  const { pool, pending, userId, findLiked } = deps;
  return createLoader(async (targetIds) => {
    const likes = new Map<string, ViewerLike>();
    if (userId === null) return likes;
    // Both at once: a change stays pending for much longer than it takes until the tables have it.
    const [changes, liked] = await Promise.all([pending.find(userId, targetIds), findLiked(targetIds)]);
    for (const targetId of liked) likes.set(String(targetId), { liked: true, likeCount: null });
    if (changes.size === 0) return likes;
    for (const row of await findLikesWithCounts(pool, userId, [...changes.keys()])) {
      const change = changes.get(row.targetId)!;
      const wasLiked = row.liked ?? false;
      const liked = (row.id ?? 0n) < change.id ? change.liked : wasLiked;
      likes.set(String(row.targetId), { liked, likeCount: row.likeCount + Number(liked) - Number(wasLiked) });
    }
    return likes;
  });
}

/** Loaders of the people who like a post, one for each list length. People whom the viewer follows come first. */
export type LikerLists = (first: number) => Loader<bigint, bigint[]>;

/** How many more are read, because the viewer may not see some of the accounts. */
const SPARE = 5;

export function createLikerLists(deps: { pool: Executor; followed(): Promise<bigint[]> }): LikerLists {
  const { pool, followed } = deps;
  const lists = new Map<number, Loader<bigint, bigint[]>>();
  return (first) => {
    const known = lists.get(first);
    if (known) return known;
    const list = createLoader<bigint, bigint[]>(async (targetIds) => {
      const likers = await listLikers(pool, targetIds, await followed(), first + SPARE);
      const byTarget = Map.groupBy(likers, ({ targetId }) => String(targetId));
      return new Map(
        [...byTarget].map(([targetId, rows]) => [targetId, [...new Set(rows.map(({ userId }) => userId))]]),
      );
    });
    lists.set(first, list);
    return list;
  };
}
