import type { Log } from '@tintype/telemetry';
import { counter } from '@tintype/telemetry';
import { GatewayError } from '#errors/errors.ts';
import type { BucketStore } from './bucket.store.ts';
import type { Take } from './gcra.rules.ts';

export type RateLimiter = {
  /**
   * Takes tokens from one bucket after another. If one has too few, nothing is taken from the next ones, so that an app
   * that is refused uses up nothing that other apps need.
   *
   * @throws GatewayError RATE_LIMITED with the time to wait
   */
  take(takes: readonly Take[]): Promise<void>;
};

/** After a failure, requests skip Redis for this long. */
const PAUSE_MS = 1_000;

/**
 * Token buckets in Redis, and in this process while Redis is unavailable: a limit per process is better than none, and
 * better than refusing everybody.
 */
export function createRateLimiter(options: { shared: BucketStore; local: BucketStore; log: Log }): RateLimiter {
  const { shared, local, log } = options;
  const fallbacks = counter('gateway_rate_limit_fallbacks_total', 'Buckets that were looked up without Redis', []);
  let localUntil = 0;

  const waitFor = async (take: Take) => {
    if (Date.now() >= localUntil) {
      try {
        return await shared.take(take);
      } catch (error) {
        if (Date.now() >= localUntil)
          log.warn({ error }, 'Redis does not respond. Rate limits are kept in this process.');
        localUntil = Date.now() + PAUSE_MS;
      }
    }
    fallbacks.inc();
    return local.take(take);
  };

  return {
    async take(takes) {
      for (const take of takes) {
        const waitMs = await waitFor(take);
        if (waitMs <= 0) continue;
        const seconds = Math.ceil(waitMs / 1000);
        throw new GatewayError('RATE_LIMITED', `Too many requests. Try again in ${seconds} s.`, {
          'retry-after': String(seconds),
        });
      }
    },
  };
}
