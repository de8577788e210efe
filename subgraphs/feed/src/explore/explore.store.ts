import { createRedisCaller, type RedisHandle } from '@tintype/redis';
import { MAX_SEEN, SEEN_S, SESSION_S, seenKey, sessionKey } from './explore.keys.ts';
import type { Reason } from './ranking.rules.ts';

/** A post of an explore session and why it is there. */
export type Explored = { postId: bigint; authorId: bigint; reason: Reason };

/** Methods reject with a StoreError if Redis does not respond in time. */
export type ExploreStore = {
  /** Stores the posts through which a viewer will scroll. */
  putSession(viewerId: bigint | null, id: bigint, posts: readonly Explored[]): Promise<void>;
  /** Null if the session has expired or belongs to somebody else. */
  findSession(viewerId: bigint | null, id: bigint): Promise<Explored[] | null>;
  /** The posts of this list that the viewer was not shown recently. */
  unseen(viewerId: bigint, postIds: readonly bigint[]): Promise<Set<bigint>>;
  markSeen(viewerId: bigint, postIds: readonly bigint[], nowMs: number): Promise<void>;
  /** Forgets what a viewer was shown. Sessions expire by themselves. */
  forget(viewerId: bigint): Promise<void>;
};

export function createExploreStore({ client, key: prefixed }: RedisHandle): ExploreStore {
  const callRedis = createRedisCaller();
  return {
    async putSession(viewerId, id, posts) {
      const value = JSON.stringify(
        posts.map(({ postId, authorId, reason }) => [String(postId), String(authorId), reason]),
      );
      const lasting = { expiration: { type: 'EX', value: SESSION_S } } as const;
      await callRedis(() => client.set(prefixed(sessionKey(viewerId, id)), value, lasting));
    },
    async findSession(viewerId, id) {
      const value = await callRedis(() => client.get(prefixed(sessionKey(viewerId, id))));
      if (value === null) return null;
      const rows = JSON.parse(value) as [string, string, Reason][];
      return rows.map(([postId, authorId, reason]) => ({ postId: BigInt(postId), authorId: BigInt(authorId), reason }));
    },
    async unseen(viewerId, postIds) {
      if (postIds.length === 0) return new Set();
      const scores = await callRedis(() => client.zmScore(prefixed(seenKey(viewerId)), postIds.map(String)));
      return new Set(postIds.filter((_, index) => scores[index] === null));
    },
    async markSeen(viewerId, postIds, nowMs) {
      if (postIds.length === 0) return;
      const key = prefixed(seenKey(viewerId));
      const batch = client
        .multi()
        .zAdd(
          key,
          postIds.map((id) => ({ score: nowMs, value: String(id) })),
        )
        .zRemRangeByRank(key, 0, -MAX_SEEN - 1)
        .expire(key, SEEN_S);
      await callRedis(() => batch.exec());
    },
    async forget(viewerId) {
      await client.unlink(prefixed(seenKey(viewerId)));
    },
  };
}
