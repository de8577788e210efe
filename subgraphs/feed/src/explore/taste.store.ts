import { createHash } from 'node:crypto';
import { createAsk, type RedisHandle } from '@tintype/redis';
import { TASTE_S, tasteKey } from './explore.keys.ts';
import type { Offer } from './sources.ts';

export type TasteStore = {
  /**
   * What people of the viewer's taste like, worked out when the viewer had liked the same posts as now and not longer than half an hour ago,
   * or else what `work` finds. Without Redis it is worked out each time.
   */
  get(viewerId: bigint, likedIds: readonly bigint[], work: () => Promise<Offer[]>): Promise<Offer[]>;
};

/** Less than it takes to work it out. */
const REDIS_MS = 50;

export function createTasteStore({ client, key: keyOf }: RedisHandle): TasteStore {
  const ask = createAsk(REDIS_MS);
  return {
    async get(viewerId, likedIds, work) {
      const liked = createHash('sha256').update(likedIds.join()).digest('base64url');
      const key = keyOf(tasteKey(viewerId, liked));
      const kept = await ask(() => client.get(key)).catch(() => null);
      if (kept !== null) {
        return (JSON.parse(kept) as [string, number][]).map(([id, score]) => ({ postId: BigInt(id), score }));
      }
      const offers = await work();
      const value = JSON.stringify(offers.map(({ postId, score }) => [String(postId), score]));
      const lasting = { expiration: { type: 'EX', value: TASTE_S } } as const;
      await ask(() => client.set(key, value, lasting)).catch(() => undefined);
      return offers;
    },
  };
}
