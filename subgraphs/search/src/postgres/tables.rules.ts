/** The table from which the tables of collections are copied. */
export const PATTERN = 'document';

/** The table with the words of a table's documents. */
export function termsOf(table: string): string {
  return table === PATTERN ? 'term' : `${table}_term`;
}
