/** Two run at the same time: Postgres works for one while this process prepares the other. */
const PARTITIONS = 2;

/** Divides items into parts of about the same length. All items of one person are in the same part. */
export function partitionByPerson<T>(items: readonly T[], personOf: (item: T) => bigint): T[][] {
  const parts = Array.from({ length: PARTITIONS }, (): T[] => []);
  for (const ofOne of Map.groupBy(items, personOf).values()) {
    const shortest = parts.reduce((one, other) => (other.length < one.length ? other : one));
    for (const item of ofOne) shortest.push(item);
  }
  return parts.filter((part) => part.length > 0);
}
