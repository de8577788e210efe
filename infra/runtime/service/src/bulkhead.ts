/** So much is under way and waiting that this would only wait behind it. */
export class BulkheadFullError extends Error {
  override name = 'BulkheadFullError';
}

/**
 * Bounds what takes more than its share: so many at once, so many waiting in their order, the rest refused at once.
 *
 * @throws (the returned function) BulkheadFullError
 */
export function createBulkhead(options: {
  atOnce: number;
  waiting: number;
}): <T>(work: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < options.atOnce) running++;
    else {
      if (queue.length >= options.waiting) throw new BulkheadFullError('too many are waiting');
      // Whoever ends hands its place on, so `running` stays as it is.
      await new Promise<void>((resolve) => queue.push(resolve));
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
