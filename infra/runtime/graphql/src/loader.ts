import DataLoader from 'dataloader';

export type Loader<Key, Value> = DataLoader<Key, Value | null, string>;

/** More keys than this make a second statement; pages have at most 100 items, so a request rarely sees one. */
const MAX_BATCH = 200;

/**
 * A loader over a batch function that answers with a map by the key's text; keys that it leaves out load as null.
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
