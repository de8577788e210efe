import type { Direction } from '@tintype/postgres';
import DataLoader from 'dataloader';

/**
 * The part of a list that a page reads under one parent. @property from the sort key of the row beside it, or null for
 * an end of the list
 */
export type ListPart<Parent> = { parent: Parent; from: readonly bigint[] | null; limit: number };

type DirectedPart<Parent> = ListPart<Parent> & { direction: Direction };

/** The rows of parts of lists, in the direction of reading. Empty at the end of a list. */
export type ListLoader<Parent, Row> = DataLoader<DirectedPart<Parent>, readonly Row[], string>;

/** How many parts one statement reads: fewer than the keys of `createLoader`, because each part is a page of rows. */
const MAX_BATCH = 200;

/**
 * A loader for lists under many parents. Parts of one direction that are requested in one tick are read in one
 * statement, even if the pages have different sizes and positions.
 *
 * @param batch resolves to rows with the index of their part in `parts`
 */
export function createListLoader<Parent extends bigint | string, Row extends { part: number }>(
  batch: (parts: readonly ListPart<Parent>[], direction: Direction) => Promise<readonly Row[]>,
): ListLoader<Parent, Row> {
  const load = async (parts: readonly DirectedPart<Parent>[], direction: Direction) => {
    const wanted = parts.filter((part) => part.direction === direction);
    const rows = Map.groupBy(wanted.length > 0 ? await batch(wanted, direction) : [], ({ part }) => part);
    return new Map(wanted.map((part, index) => [part, rows.get(index) ?? []]));
  };
  return new DataLoader<DirectedPart<Parent>, readonly Row[], string>(
    async (parts) => {
      const [forward, backward] = await Promise.all([load(parts, 'forward'), load(parts, 'backward')]);
      return parts.map((part) => (forward.get(part) ?? backward.get(part))!);
    },
    {
      cacheKeyFn: ({ parent, from, direction, limit }) => [parent, direction, from?.join() ?? '', limit].join('|'),
      maxBatchSize: MAX_BATCH,
    },
  );
}
