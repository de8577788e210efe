/** Too many are running or waiting already. */
export class BulkheadFullError extends Error {
  override name = 'BulkheadFullError';
}

/** @throws BulkheadFullError if the work does not get its turn */
export type Bulkhead = <T>(work: () => Promise<T>, waitMs?: number) => Promise<T>;

/**
 * Bounds how much work runs at once. Some more waits for its turn in order, and the rest is refused at once.
 *
 * @param options.waiting how much may wait; without a bound if it is missing
 * @param options.waitMs how long it waits before it is refused, unless the call says otherwise; without an end if it is
 * missing
 */
export function createBulkhead(options: { atOnce: number; waiting?: number; waitMs?: number }): Bulkhead {
  const { atOnce, waiting = Number.POSITIVE_INFINITY } = options;
  const queue: (() => void)[] = [];
  let running = 0;

  function waitForTurn(ms: number | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = ms === undefined ? undefined : setTimeout(giveUp, ms);
    function take() {
      clearTimeout(timer);
      resolve();
    }
    function giveUp() {
      queue.splice(queue.indexOf(take), 1);
      reject(new BulkheadFullError(`No place was free within ${ms} ms.`));
    }
    queue.push(take);
    return promise;
  }

  return async (work, waitMs = options.waitMs) => {
    if (running < atOnce) running++;
    else {
      if (queue.length >= waiting) throw new BulkheadFullError('Too many are waiting.');
      // Work that ends passes its place on, so `running` stays as it is.
      await waitForTurn(waitMs);
    }
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}
