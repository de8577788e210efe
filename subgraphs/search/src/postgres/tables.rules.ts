/** The table by which those of the collections are made. */
export const PATTERN = 'document';

/** The table with the words of a table's documents. */
export function termsOf(table: string): string {
  return table === PATTERN ? 'term' : `${table}_term`;
}
