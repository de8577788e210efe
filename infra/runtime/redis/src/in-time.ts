import { isOutage } from '@tintype/telemetry';
import { StoreError } from '@tintype/viewer';

/** The answer did not come in the time given to it. */
export class LateError extends StoreError {
  constructor(ms: number) {
    super('UNAVAILABLE', { cause: new Error(`There was no answer within ${ms} ms.`) });
  }
}

/**
 * The promise, for at most `ms`: node-redis gives up commands that wait to be written, but not those that were.
 *
 * @throws LateError, and StoreError where Redis is away
 */
export async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LateError(ms)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } catch (error) {
    if (error instanceof StoreError || !isOutage(error)) throw error;
    throw new StoreError('UNAVAILABLE', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
