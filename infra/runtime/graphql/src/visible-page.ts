import { type Connection, connection, MAX_PAGE, type Page } from './connection.ts';
import { encodeCursor } from './cursor.ts';

/**
 * How many reads a page may take to find visible rows. After the last one the page is short, and the next page
 * continues there.
 */
const READS = 6;

/**
 * How many rows to read if so many are missing. The first read takes just these; each further one takes spare rows,
 * four times as many as the one before. Most rows are visible, and a page under each of a hundred parents should not
 * read a hundred rows for each hidden one.
 */
function rowsToRead(missing: number, reads: number): number {
  return reads === 1 ? missing : Math.min(missing + 10 * 4 ** (reads - 2), MAX_PAGE + 1);
}

/**
 * A page of a list in which some rows are hidden from the viewer. Hidden rows are left out after reading, and more rows
 * are read in their place. A client that follows `endCursor` while `hasNextPage` is true gets every visible row once,
 * however many are hidden in between; backward the same is true of `startCursor` and `hasPreviousPage`.
 */
export async function visiblePage<Row, Node>(options: {
  page: Page;
  /** Rows in the direction of the page. */
  read(from: bigint[] | null, limit: number): Promise<readonly Row[]>;
  /** The sort key of a row, which its cursor holds. */
  sortKeyOf(row: Row): bigint[];
  /** The node of each row, in the order of the rows; null if it is hidden. */
  present(rows: readonly Row[]): Promise<readonly (Node | null)[]>;
}): Promise<Connection<Node>> {
  const { page, read, sortKeyOf, present } = options;
  const visible: { node: Node; sortKey: bigint[] }[] = [];
  let { from } = page;
  let isEnd = false;
  for (let reads = 1; reads <= READS && visible.length <= page.size && !isEnd; reads++) {
    const limit = rowsToRead(page.size + 1 - visible.length, reads);
    const rows = await read(from, limit);
    const nodes = await present(rows);
    for (const [index, node] of nodes.entries())
      if (node !== null) visible.push({ node, sortKey: sortKeyOf(rows[index]!) });
    isEnd = rows.length < limit;
    if (!isEnd) from = sortKeyOf(rows.at(-1)!);
  }
  const found = connection(
    visible,
    page,
    (row) => row.node,
    (row) => encodeCursor(page.kind, row.sortKey),
  );
  if (isEnd || visible.length > page.size) return found;
  const cursor = encodeCursor(page.kind, from!);
  const next =
    page.direction === 'backward'
      ? { hasPreviousPage: true, startCursor: cursor }
      : { hasNextPage: true, endCursor: cursor };
  return { ...found, pageInfo: { ...found.pageInfo, ...next } };
}
