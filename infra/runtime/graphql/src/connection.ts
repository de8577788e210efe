import type { Direction, KeysetRead } from '@tintype/postgres';
import { decodeCursor } from './cursor.ts';
import { RequestError } from './errors.ts';

export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;

/** The arguments of a list. `last` and `before` only where the list can be read backward. */
export type PageArgs = {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
};

/** The requested page. */
export type Page = {
  /** Of the list's cursors. */
  kind: string;
  /** Number of items. */
  size: number;
  /** `backward` for `last` and `before`: the page is read from its end towards the start of the list. */
  direction: Direction;
  /** The decoded sort key of the item beside which reading starts; null for the start of the list, or its end. */
  from: bigint[] | null;
};

/**
 * @param kind identifies the list in its cursors: the name of its field, the parent, and filters or an order
 * @param arity the number of parts of a cursor
 * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR, BAD_USER_INPUT
 */
export function pageArgs(args: PageArgs, kind: string, arity: number): Page {
  const isBackward = args.last != null || args.before != null;
  if (isBackward && (args.first != null || args.after != null)) {
    throw new RequestError('BAD_USER_INPUT', 'Use either first and after, or last and before.');
  }
  const [name, wanted, cursor] = isBackward ? ['last', args.last, args.before] : ['first', args.first, args.after];
  const size = wanted ?? DEFAULT_PAGE;
  if (size < 1 || size > MAX_PAGE)
    throw new RequestError('BAD_PAGE_SIZE', `The argument ${name} must be from 1 to ${MAX_PAGE}.`);
  const from = cursor == null ? null : decodeCursor(kind, cursor, arity);
  return { kind, size, direction: isBackward ? 'backward' : 'forward', from };
}

/**
 * What to read for a page of a list sorted by one id: one row more than the page size, to see whether there is another
 * page.
 */
export function readOf({ size, direction, from }: Page): KeysetRead {
  return { from: from?.[0], direction, limit: size + 1 };
}

export type Connection<Node> = {
  edges: { cursor: string; node: Node }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
};

/**
 * @param rows in the direction of reading, one more than `page.size` if there are so many. The extra row shows that
 * there is another page
 */
export function connection<Row, Node>(
  rows: readonly Row[],
  page: Page,
  toNode: (row: Row) => Node,
  cursorOf: (row: Row) => string,
): Connection<Node> {
  const read = rows.slice(0, page.size).map((row) => ({ cursor: cursorOf(row), node: toNode(row) }));
  const isBackward = page.direction === 'backward';
  const edges = isBackward ? read.reverse() : read;
  const [hasFurther, hasEarlier] = [rows.length > page.size, page.from !== null];
  return {
    edges,
    pageInfo: {
      hasNextPage: isBackward ? hasEarlier : hasFurther,
      hasPreviousPage: isBackward ? hasFurther : hasEarlier,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
