import { createHash } from 'node:crypto';
import type { RedisHandle } from '@tintype/redis';
import { withRedisTimeout } from '@tintype/redis';
import { LRUCache } from 'lru-cache';
import { bucketKey } from './bucket.keys.ts';
import { type Take, takeTokens, type WaitMs } from './gcra.rules.ts';

export type BucketStore = { take(take: Take): WaitMs | Promise<WaitMs> };

/**
 * The same as `takeTokens`, with the clock of Redis, so that processes on several machines share a bucket. A full
 * bucket expires.
 */
const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local ms_per_token, burst, tokens = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = tonumber(redis.call('GET', KEYS[1]) or 0)
local next = math.max(full_at, now) + math.min(tokens, burst) * ms_per_token
local wait = next - now - burst * ms_per_token
if wait > 0.001 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.3f', next), 'PX', math.max(1, math.ceil(next - now)))
return 0
`;
const SHA = createHash('sha1').update(SCRIPT).digest('hex');

/** Buckets in Redis. Rejects if Redis is unavailable or slow: the caller then uses local buckets. */
export function createRedisBuckets(redis: RedisHandle, timeoutMs = 250): BucketStore {
  const { client } = redis;
  return {
    async take({ bucket, rate, tokens }) {
      const call = {
        keys: [redis.key(bucketKey(bucket))],
        arguments: [String(1000 / rate.perSecond), String(rate.burst), String(tokens)],
      };
      try {
        return Number(await withRedisTimeout(client.evalSha(SHA, call), timeoutMs));
      } catch (error) {
        // After a restart, Redis has no scripts.
        if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
        return Number(await withRedisTimeout(client.eval(SCRIPT, call), timeoutMs));
      }
    },
  };
}

/** The most buckets in memory. A client whose bucket is dropped starts with a full one. */
const LOCAL_BUCKETS = 50_000;

/** Buckets in this process, for the time without Redis. */
export function createLocalBuckets(now: () => number = Date.now): BucketStore {
  const buckets = new LRUCache<string, number>({ max: LOCAL_BUCKETS });
  return {
    take(take) {
      const { waitMs, fullAt } = takeTokens(buckets.get(take.bucket) ?? 0, take, now());
      if (waitMs === 0) buckets.set(take.bucket, fullAt);
      return waitMs;
    },
  };
}
