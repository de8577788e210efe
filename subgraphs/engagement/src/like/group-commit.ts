import { histogram } from '@tintype/telemetry';
import { runOutsideFetchScope } from '@tintype/viewer';

/** Thrown if too many items are waiting already. */
export class LogFullError extends Error {
  override name = 'LogFullError';
}

const sizes = histogram(
  'engagement_group_commit_items',
  'Items that were committed together',
  [],
  [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
);

/**
 * Commits items together that arrive while a commit is running. A single item is committed at once, and a thousand
 * concurrent ones share one sync to disk. There is no artificial delay.
 *
 * @param options.commit writes all items or none
 * @returns a function that resolves when its item is committed. It rejects with LogFullError, or with the error of
 * `commit`
 */
export function createGroupCommit<Item>(options: {
  commit(items: readonly Item[]): Promise<void>;
  maxItems: number;
  maxWaiting: number;
}): (item: Item) => Promise<void> {
  const { commit, maxItems, maxWaiting } = options;
  type Waiting = { item: Item; resolve(): void; reject(error: unknown): void };
  let waiting: Waiting[] = [];
  let busy = false;

  const run = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    // Items that arrive in the same turn of the event loop are committed together.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxItems);
      waiting = waiting.slice(maxItems);
      sizes.observe(batch.length);
      await commit(batch.map(({ item }) => item)).then(
        () => {
          for (const { resolve } of batch) resolve();
        },
        (error: unknown) => {
          for (const { reject } of batch) reject(error);
        },
      );
    }
    busy = false;
  };

  return (item) => {
    if (waiting.length >= maxWaiting)
      return Promise.reject(new LogFullError('Too many changes are waiting to be committed.'));
    return new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      void runOutsideFetchScope(run);
    });
  };
}
