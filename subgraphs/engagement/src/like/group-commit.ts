import { histogram } from '@tintype/telemetry';
import { runOutsideFetchScope } from '@tintype/viewer';

/** So much waits that more would only wait behind it. */
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
 * Commits together what comes while a commit is under way: one item alone waits for nobody, and a thousand share the sync to disk of
 * one. Nothing lingers: under load the commit before is the wait.
 *
 * @param options.commit writes all of them or none
 * @returns resolves when the item is committed
 * @throws (the returned function) LogFullError; what `commit` threw, for every item of that commit
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

  const pump = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    // Whoever comes in the same turn of the event loop goes together.
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
    if (waiting.length >= maxWaiting) return Promise.reject(new LogFullError('too many are waiting for the log'));
    return new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      void runOutsideFetchScope(pump);
    });
  };
}
