import { createAsk, type RedisHandle } from '@tintype/redis';
import { counter, type Log } from '@tintype/telemetry';
import { PENDING_S, pendingKey } from './like.keys.ts';
import type { LikeChange } from './like.model.ts';

/** What a viewer did a moment ago, so that they see it at once. Without Redis they see it when it is applied. */
export type PendingStore = {
  /** Never rejects: the log has the words, this is only for the eyes. */
  put(changes: readonly LikeChange[]): Promise<void>;
  /** By target. Never rejects. */
  find(userId: bigint, targetIds: readonly bigint[]): Promise<Map<bigint, { id: bigint; liked: boolean }>>;
};

/** KEYS: pairs. ARGV: seconds to live, then a word for each. One command for a group: a command for each word costs three times as much. */
const PUT = `
for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[i + 1], 'EX', ARGV[1]) end
return 1`;
const LOG_EVERY_MS = 10_000;

const misses = counter('engagement_pending_misses_total', 'Calls of the pending likes that Redis did not answer', []);

export function createPendingStore(deps: { redis: RedisHandle; log: Log }): PendingStore {
  const { redis, log } = deps;
  const { client } = redis;
  const ask = createAsk();
  let loggedAt = Number.NEGATIVE_INFINITY;

  const missed = (error: unknown): void => {
    misses.inc();
    if (performance.now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = performance.now();
    log.warn({ error }, 'pending likes are not shown: Redis does not answer');
  };

  return {
    async put(changes) {
      const call = {
        keys: changes.map(({ userId, target }) => redis.key(pendingKey(userId, target.id))),
        arguments: [String(PENDING_S), ...changes.map(({ id, liked }) => `${id}:${liked ? 1 : 0}`)],
      };
      await ask(() => client.eval(PUT, call)).catch(missed);
    },
    async find(userId, targetIds) {
      const found = new Map<bigint, { id: bigint; liked: boolean }>();
      if (targetIds.length === 0) return found;
      try {
        const keys = targetIds.map((targetId) => redis.key(pendingKey(userId, targetId)));
        const values = await ask(() => client.mGet(keys));
        for (const [index, value] of values.entries()) {
          if (!value) continue;
          const [id, liked] = value.split(':') as [string, string];
          found.set(targetIds[index]!, { id: BigInt(id), liked: liked === '1' });
        }
      } catch (error) {
        missed(error);
      }
      return found;
    },
  };
}
