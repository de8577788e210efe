/** How a page of a list is read: from the start of the list, or backward from its end. */
export type Direction = 'forward' | 'backward';

type Reading = {
  /** Compares the sort key of a row with that of the row before it. */
  comparison: '<' | '>';
  order: 'ASC' | 'DESC';
  /** The value to start from if there is no cursor. No id comes before it in the direction of reading. */
  edge: bigint;
};

/** Parts of the SQL of a list whose highest ids come first. Postgres reads the same index in both directions. */
export const DESCENDING: Readonly<Record<Direction, Reading>> = {
  forward: { comparison: '<', order: 'DESC', edge: 2n ** 63n - 1n },
  backward: { comparison: '>', order: 'ASC', edge: 0n },
};

/** The same of a list whose lowest ids come first. */
export const ASCENDING: Readonly<Record<Direction, Reading>> = {
  forward: DESCENDING.backward,
  backward: DESCENDING.forward,
};

/** The same for times in milliseconds: the years 9999 and 1970, beyond all times that are stored. */
export const EDGE_MS: Readonly<Record<Direction, bigint>> = { forward: 253_402_300_799_999n, backward: 0n };

/** What a page reads of a list that is sorted by ids, the highest first. */
export type KeysetRead = {
  /** The id beside which reading starts; undefined for an end of the list. */
  from: bigint | undefined;
  direction: Direction;
  limit: number;
};

/** The id to compare with, in a list whose highest ids come first. */
export function startOf({ from, direction }: Pick<KeysetRead, 'from' | 'direction'>): bigint {
  return from ?? DESCENDING[direction].edge;
}
