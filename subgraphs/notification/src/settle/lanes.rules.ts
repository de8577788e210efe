/** Side by side: Postgres works for one while this process prepares another. */
const LANES = 2;

/** Divides what is about people between lanes of about the same length. All that is about one person is in one of them. */
export function lanesOf<T>(items: readonly T[], personOf: (item: T) => bigint): T[][] {
  const lanes = Array.from({ length: LANES }, (): T[] => []);
  for (const ofOne of Map.groupBy(items, personOf).values()) {
    const shortest = lanes.reduce((one, other) => (other.length < one.length ? other : one));
    for (const item of ofOne) shortest.push(item);
  }
  return lanes.filter((lane) => lane.length > 0);
}
