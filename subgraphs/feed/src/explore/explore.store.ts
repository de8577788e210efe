import { createAsk, type RedisHandle } from '@tintype/redis';
import { SEEN_MOST, SEEN_S, SESSION_S, seenKey, sessionKey } from './explore.keys.ts';
import type { Reason } from './ranking.rules.ts';

/** A post of a session: why it is there. */
export type Explored = { postId: bigint; authorId: bigint; reason: Reason };

/** Calls that a viewer waits for reject with a StoreError where Redis does not answer in time. */
export type ExploreStore = {
  /** Keeps what a viewer is going to scroll through. */
  putSession(viewerId: bigint | null, id: bigint, posts: readonly Explored[]): Promise<void>;
  /** Null where it is of somebody else, or over. */
  findSession(viewerId: bigint | null, id: bigint): Promise<Explored[] | null>;
  /** Those of these posts that the viewer was not shown lately. */
  unseen(viewerId: bigint, postIds: readonly bigint[]): Promise<Set<bigint>>;
  markSeen(viewerId: bigint, postIds: readonly bigint[], nowMs: number): Promise<void>;
  /** Forgets what a viewer was shown; sessions end by themselves. */
  forget(viewerId: bigint): Promise<void>;
};

export function createExploreStore({ client, key: keyOf }: RedisHandle): ExploreStore {
  const ask = createAsk();
  return {
    async putSession(viewerId, id, posts) {
      const value = JSON.stringify(
        posts.map(({ postId, authorId, reason }) => [String(postId), String(authorId), reason]),
      );
      const lasting = { expiration: { type: 'EX', value: SESSION_S } } as const;
      await ask(() => client.set(keyOf(sessionKey(viewerId, id)), value, lasting));
    },
    async findSession(viewerId, id) {
      const value = await ask(() => client.get(keyOf(sessionKey(viewerId, id))));
      if (value === null) return null;
      const rows = JSON.parse(value) as [string, string, Reason][];
      return rows.map(([postId, authorId, reason]) => ({ postId: BigInt(postId), authorId: BigInt(authorId), reason }));
    },
    async unseen(viewerId, postIds) {
      if (postIds.length === 0) return new Set();
      const scores = await ask(() => client.zmScore(keyOf(seenKey(viewerId)), postIds.map(String)));
      return new Set(postIds.filter((_, index) => scores[index] === null));
    },
    async markSeen(viewerId, postIds, nowMs) {
      if (postIds.length === 0) return;
      const key = keyOf(seenKey(viewerId));
      const batch = client
        .multi()
        .zAdd(
          key,
          postIds.map((id) => ({ score: nowMs, value: String(id) })),
        )
        .zRemRangeByRank(key, 0, -SEEN_MOST - 1)
        .expire(key, SEEN_S);
      await ask(() => batch.exec());
    },
    async forget(viewerId) {
      await client.unlink(keyOf(seenKey(viewerId)));
    },
  };
}
