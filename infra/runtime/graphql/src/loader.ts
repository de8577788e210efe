import DataLoader from 'dataloader';

export type Loader<Key, Value> = DataLoader<Key, Value | null, string>;

/** More keys than this need a second statement. Pages have at most 100 items, so requests rarely do. */
const MAX_BATCH = 200;

/**
 * A loader over a batch function that returns a map by the key's text. Missing keys load as null.
 */
export function createLoader<Key extends bigint | string, Value>(
  batch: (keys: readonly Key[]) => Promise<ReadonlyMap<string, Value>>,
): Loader<Key, Value> {
  return new DataLoader<Key, Value | null, string>(
    async (keys) => {
      const found = await batch(keys);
      return keys.map((key) => found.get(String(key)) ?? null);
    },
    { cacheKeyFn: String, maxBatchSize: MAX_BATCH },
  );
}
