import { createLateCalls, StoreError } from '@tintype/viewer';
import { inTime, LateError } from './in-time.ts';

/**
 * Makes a call to Redis that somebody waits for.
 *
 * @throws StoreError where Redis is away, does not answer in time, or did not lately
 */
export type Ask = <T>(call: () => Promise<T>) => Promise<T>;

/** What has another way without Redis waits no longer than this for it. */
const ASK_MS = 250;

/**
 * For the calls of one store. Each is given up after `ms`; after a few in a row that were late, one a second finds out whether Redis
 * is back, and the others do not wait at all.
 */
export function createAsk(ms = ASK_MS): Ask {
  const late = createLateCalls();
  return async (call) => {
    if (!late.allows('ask')) throw new StoreError('UNAVAILABLE');
    try {
      const answer = await inTime(call(), ms);
      late.answered('ask');
      return answer;
    } catch (error) {
      if (error instanceof LateError) late.late('ask');
      throw error;
    }
  };
}
