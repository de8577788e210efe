import { createHash } from 'node:crypto';
import { createRedisCaller, type RedisHandle } from '@tintype/redis';
import { CO_ENGAGEMENT_S, coEngagementKey } from './explore.keys.ts';
import type { Offer } from './sources.ts';

export type CoEngagementStore = {
  /**
   * Posts liked by people with similar likes. Returns the stored result if the viewer's likes are the same and it is
   * less than half an hour old, otherwise the result of `compute`. Without Redis, it is computed each time.
   */
  get(viewerId: bigint, likedIds: readonly bigint[], compute: () => Promise<Offer[]>): Promise<Offer[]>;
};

/** Less than the computation takes. */
const REDIS_MS = 50;

export function createCoEngagementStore({ client, key: prefixed }: RedisHandle): CoEngagementStore {
  const callRedis = createRedisCaller(REDIS_MS);
  return {
    async get(viewerId, likedIds, compute) {
      const likesHash = createHash('sha256').update(likedIds.join()).digest('base64url');
      const key = prefixed(coEngagementKey(viewerId, likesHash));
      const stored = await callRedis(() => client.get(key)).catch(() => null);
      if (stored !== null) {
        return (JSON.parse(stored) as [string, number][]).map(([id, score]) => ({ postId: BigInt(id), score }));
      }
      const offers = await compute();
      const value = JSON.stringify(offers.map(({ postId, score }) => [String(postId), score]));
      const options = { expiration: { type: 'EX', value: CO_ENGAGEMENT_S } } as const;
      await callRedis(() => client.set(key, value, options)).catch(() => undefined);
      return offers;
    },
  };
}
