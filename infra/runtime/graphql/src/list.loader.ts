import DataLoader from 'dataloader';

/** What a page reads of the list under one parent. @property after place of the row before it, null for the start */
export type ListPart<Parent> = { parent: Parent; after: readonly bigint[] | null; limit: number };

/** Rows of parts of lists, in the order of the list; none where it has no more. */
export type ListLoader<Parent, Row> = DataLoader<ListPart<Parent>, readonly Row[], string>;

/** As many parts in one statement: fewer than keys of `createLoader`, because each brings a page of rows. */
const MAX_BATCH = 200;

/**
 * A loader of lists under many parents: whatever parts are asked for in one tick are read in one statement, also where pages have
 * different sizes or go on at different places.
 *
 * @param batch resolves to rows that each name their part: its index among `parts`
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
