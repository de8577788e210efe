import { createRedisCaller, type RedisHandle } from '@tintype/redis';
import { counter, type Log } from '@tintype/telemetry';
import { PENDING_LIKE_S, pendingLikeKey } from './like.keys.ts';
import type { LikeChange } from './like.model.ts';

/**
 * Likes and unlikes that are not in the tables yet, so that viewers see their own at once. Without Redis, they see them
 * once applied.
 */
export type PendingLikeStore = {
  /** Never rejects, because the log already has the changes. */
  put(changes: readonly LikeChange[]): Promise<void>;
  /** A person's pending changes by target. Never rejects. */
  find(userId: bigint, targetIds: readonly bigint[]): Promise<Map<bigint, { id: bigint; liked: boolean }>>;
};

/**
 * KEYS: one for each change. ARGV: time to live in seconds, then the changes. One command each would cost three times
 * as much.
 */
const PUT = `
for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[i + 1], 'EX', ARGV[1]) end
return 1`;
const LOG_EVERY_MS = 10_000;

const failures = counter(
  'engagement_pending_likes_unavailable_total',
  'Reads and writes of pending likes that failed',
  [],
);

export function createPendingLikeStore(deps: { redis: RedisHandle; log: Log }): PendingLikeStore {
  const { redis, log } = deps;
  const { client } = redis;
  const callRedis = createRedisCaller();
  let loggedAt = Number.NEGATIVE_INFINITY;

  const onFailure = (error: unknown): void => {
    failures.inc();
    if (performance.now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = performance.now();
    log.warn({ error }, 'Redis does not respond. Viewers see their own likes with a delay.');
  };

  return {
    async put(changes) {
      const call = {
        keys: changes.map(({ userId, target }) => redis.key(pendingLikeKey(userId, target.id))),
        arguments: [String(PENDING_LIKE_S), ...changes.map(({ id, liked }) => `${id}:${liked ? 1 : 0}`)],
      };
      await callRedis(() => client.eval(PUT, call)).catch(onFailure);
    },
    async find(userId, targetIds) {
      const found = new Map<bigint, { id: bigint; liked: boolean }>();
      if (targetIds.length === 0) return found;
      try {
        const keys = targetIds.map((targetId) => redis.key(pendingLikeKey(userId, targetId)));
        const values = await callRedis(() => client.mGet(keys));
        for (const [index, value] of values.entries()) {
          if (!value) continue;
          const [id, liked] = value.split(':') as [string, string];
          found.set(targetIds[index]!, { id: BigInt(id), liked: liked === '1' });
        }
      } catch (error) {
        onFailure(error);
      }
      return found;
    },
  };
}
