import { createBreaker, withTimeout } from '@tintype/bounds';
import { isOutage } from '@tintype/telemetry';
import { StoreError } from '@tintype/viewer';

/** Redis did not answer within the time given to it. */
export class RedisTimeoutError extends StoreError {
  constructor(ms: number) {
    super('UNAVAILABLE', { cause: new Error(`There was no answer within ${ms} ms.`) });
  }
}

/**
 * Waits for an answer of Redis for at most `ms`. node-redis itself only gives up commands that it has not sent yet.
 *
 * @throws RedisTimeoutError, and StoreError if Redis is not reachable
 */
export async function withRedisTimeout<T>(answer: Promise<T>, ms: number): Promise<T> {
  try {
    return await withTimeout(() => answer, { ms, timeoutError: () => new RedisTimeoutError(ms) });
  } catch (error) {
    if (error instanceof StoreError || !isOutage(error)) throw error;
    throw new StoreError('UNAVAILABLE', { cause: error });
  }
}

/**
 * Makes a call to Redis while a request waits for it.
 *
 * @throws StoreError if Redis is not reachable, does not answer in time, or has not done so lately
 */
export type RedisCaller = <T>(call: () => Promise<T>) => Promise<T>;

/** For callers that can also do without Redis. */
const CALL_MS = 250;
const ALL = 'all';

/**
 * For the calls of one store. Each may take `ms`. After some timeouts in a row, one call a second finds out whether
 * Redis answers again, and the others fail at once.
 */
export function createRedisCaller(ms = CALL_MS): RedisCaller {
  const breaker = createBreaker();
  return async (call) => {
    if (!breaker.allows(ALL)) throw new StoreError('UNAVAILABLE');
    try {
      const answer = await withRedisTimeout(call(), ms);
      breaker.succeeded(ALL);
      return answer;
    } catch (error) {
      if (error instanceof RedisTimeoutError) breaker.failed(ALL);
      throw error;
    }
  };
}
