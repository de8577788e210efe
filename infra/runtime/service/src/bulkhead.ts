/** So much is under way and waiting that this would only wait behind it. */
export class BulkheadFullError extends Error {
  override name = 'BulkheadFullError';
}

/**
 * Bounds what takes more than its share: so many at once, so many waiting in their order, the rest refused at once.
 *
 * @param options.waitMs how long one waits before it is refused; without an end where it is missing
 * @throws (the returned function) BulkheadFullError
 */
export function createBulkhead(options: {
  atOnce: number;
  waiting: number;
  waitMs?: number;
}): <T>(work: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = [];
  let running = 0;

  function waitForPlace(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = options.waitMs === undefined ? undefined : setTimeout(giveUp, options.waitMs);
    function take() {
      clearTimeout(timer);
      resolve();
    }
    function giveUp() {
      queue.splice(queue.indexOf(take), 1);
      reject(new BulkheadFullError(`No place was free within ${options.waitMs} ms.`));
    }
    queue.push(take);
    return promise;
  }

  return async (work) => {
    if (running < options.atOnce) running++;
    else {
      if (queue.length >= options.waiting) throw new BulkheadFullError('Too many are waiting.');
      // Whoever ends hands its place on, so `running` stays as it is.
      await waitForPlace();
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
