import { inspectRows } from '@tintype/postgres';
import statements from '@tintype/postgres/columns' with { type: 'json' };
import { type Columns, findMisfit } from './rows.rules.ts';

/*
 * The marks in statements are our claims, not Postgres's. So every row that a test reads is compared with the type of
 * its statement.
 */
const known: Readonly<Record<string, Columns | undefined>> = statements;

inspectRows(({ name, sample }, rows) => {
  const columns = known[sample];
  if (!columns) throw new Error(`The statement "${name}" is not described: run npm run prepare:types.`);
  for (const row of rows) {
    const misfit = findMisfit(columns, row as Record<string, unknown>);
    if (misfit) throw new TypeError(`A row of the statement "${name}" does not have its type: ${misfit}.`);
  }
});
