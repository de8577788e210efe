import { type Connection, connection, MAX_PAGE, type Page } from './connection.ts';
import { encodeCursor } from './cursor.ts';

/** How often a page is read on for rows that are shown; then it is short, and the next page goes on where it stopped. */
const READS = 6;

/**
 * Rows to read when so many more are missing: as many again and some to spare, four times as many spare ones at each further read. Rows
 * are mostly shown, and a page under each of a hundred parents should not read a hundred rows for every one that is hidden.
 */
function rowsToRead(missing: number, reads: number): number {
  return reads === 1 ? missing : Math.min(missing + 10 * 4 ** (reads - 2), MAX_PAGE + 1);
}

/**
 * A page of a list of which the viewer may not see every row: hidden ones are left out after they were read, and more is read for them.
 * However many are hidden in a row, whoever follows `endCursor` while `hasNextPage` gets every shown row once.
 *
 * @param options.kind of the list's cursors
 */
export async function shownPage<Row, Node>(options: {
  kind: string;
  page: Page;
  read(after: bigint[] | null, limit: number): Promise<readonly Row[]>;
  /** Place of a row in the list: what its cursor holds. */
  placeOf(row: Row): bigint[];
  /** What is shown of each row, in their order; null for hidden ones. */
  show(rows: readonly Row[]): Promise<readonly (Node | null)[]>;
}): Promise<Connection<Node>> {
  const { kind, page, read, placeOf, show } = options;
  const shown: { node: Node; place: bigint[] }[] = [];
  let after = page.after;
  let isEnd = false;
  for (let reads = 1; reads <= READS && shown.length <= page.first && !isEnd; reads++) {
    const limit = rowsToRead(page.first + 1 - shown.length, reads);
    const rows = await read(after, limit);
    const nodes = await show(rows);
    for (const [index, node] of nodes.entries()) if (node !== null) shown.push({ node, place: placeOf(rows[index]!) });
    isEnd = rows.length < limit;
    if (!isEnd) after = placeOf(rows.at(-1)!);
  }
  const found = connection(
    shown,
    page,
    (row) => row.node,
    (row) => encodeCursor(kind, row.place),
  );
  if (isEnd || shown.length > page.first) return found;
  return { ...found, pageInfo: { ...found.pageInfo, hasNextPage: true, endCursor: encodeCursor(kind, after!) } };
}
