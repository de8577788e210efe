import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { OwnLike } from './like.model.ts';
import { findLikes, findLikesWithCounts, listLikers } from './like.repository.ts';
import type { PendingStore } from './pending.store.ts';

/**
 * Whether the viewer likes posts and comments: the tables, and above them what the viewer said a moment ago. Where they said anything,
 * the count is read with the row at one moment and moved by what the row does not have yet: so the viewer sees their own like in it, at
 * once and exactly once.
 */
export function createOwnLikeLoader(deps: {
  pool: Executor;
  pending: PendingStore;
  userId: bigint | null;
}): Loader<bigint, OwnLike> {
  const { pool, pending, userId } = deps;
  return createLoader(async (targetIds) => {
    const own = new Map<string, OwnLike>();
    if (userId === null) return own;
    const said = await pending.find(userId, targetIds);
    const quiet = targetIds.filter((targetId) => !said.has(targetId));
    if (quiet.length > 0) {
      for (const { targetId, liked } of await findLikes(pool, userId, quiet)) {
        own.set(String(targetId), { liked, likeCount: null });
      }
    }
    if (said.size === 0) return own;
    for (const row of await findLikesWithCounts(pool, userId, [...said.keys()])) {
      const word = said.get(row.targetId)!;
      const wasLiked = row.liked ?? false;
      const liked = (row.id ?? 0n) < word.id ? word.liked : wasLiked;
      own.set(String(row.targetId), { liked, likeCount: row.likeCount + Number(liked) - Number(wasLiked) });
    }
    return own;
  });
}

/** People who like a post, by how many are asked for; those whom the viewer follows first. */
export type LikerLists = (first: number) => Loader<bigint, bigint[]>;

/** Of whom the viewer may not see the account some drop out again: so many more are read. */
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
