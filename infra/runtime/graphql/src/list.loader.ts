import DataLoader from 'dataloader';

/**
 * The part of a list that a page reads under one parent. @property after the sort key of the row before it, or null for
 * the start
 */
export type ListPart<Parent> = { parent: Parent; after: readonly bigint[] | null; limit: number };

/** The rows of parts of lists, in the order of the list. Empty at the end of a list. */
export type ListLoader<Parent, Row> = DataLoader<ListPart<Parent>, readonly Row[], string>;

/** How many parts one statement reads: fewer than the keys of `createLoader`, because each part is a page of rows. */
const MAX_BATCH = 200;

/**
 * A loader for lists under many parents. Parts that are requested in one tick are read in one statement, even if the
 * pages have different sizes and positions.
 *
 * @param batch resolves to rows with the index of their part in `parts`
 */
export function createListLoader<Parent extends bigint | string, Row extends { part: number }>(
  batch: (parts: readonly ListPart<Parent>[]) => Promise<readonly Row[]>,
): ListLoader<Parent, Row> {
  return new DataLoader<ListPart<Parent>, readonly Row[], string>(
    async (parts) => {
      const rows = Map.groupBy(await batch(parts), ({ part }) => part);
      return parts.map((_, index) => rows.get(index) ?? []);
    },
    { cacheKeyFn: ({ parent, after, limit }) => `${parent}|${after?.join() ?? ''}|${limit}`, maxBatchSize: MAX_BATCH },
  );
}
