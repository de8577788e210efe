import { decodeCursor } from './cursor.ts';
import { RequestError } from './errors.ts';

export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;

export type PageArgs = { first?: number | null; after?: string | null };

/** The requested page: `after` is the decoded sort key of the item before it, or null for the start. */
export type Page = { first: number; after: bigint[] | null };

/**
 * @param kind the name of the list, which is part of its cursors
 * @param arity the number of parts of a cursor
 * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
 */
export function pageArgs(args: PageArgs, kind: string, arity: number): Page {
  const first = args.first ?? DEFAULT_PAGE;
  if (first < 1 || first > MAX_PAGE)
    throw new RequestError('BAD_PAGE_SIZE', `The argument first must be from 1 to ${MAX_PAGE}.`);
  return { first, after: args.after == null ? null : decodeCursor(kind, args.after, arity) };
}

export type Connection<Node> = {
  edges: { cursor: string; node: Node }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
};

/** @param rows one more than `page.first`, if there are that many. The extra row shows that there is a next page */
export function connection<Row, Node>(
  rows: readonly Row[],
  page: Page,
  toNode: (row: Row) => Node,
  cursorOf: (row: Row) => string,
): Connection<Node> {
  const edges = rows.slice(0, page.first).map((row) => ({ cursor: cursorOf(row), node: toNode(row) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
