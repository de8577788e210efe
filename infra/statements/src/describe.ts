import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { PGlite, protocol } from '@electric-sql/pglite';
import { type Declared, withoutMarks } from '@tintype/postgres/statement';
import { columnsOf, type Described, UnfitStatementsError, valuesOf } from './describe.rules.ts';
import { nullWhereMissing, replace } from './files.ts';

/** Another version may not read this data directory, or may describe statements differently. */
export const PGLITE_VERSION: string = JSON.parse(
  readFileSync(findPackageJSON('@electric-sql/pglite', import.meta.url)!, 'utf8'),
).version;

/**
 * Starts a Postgres in this process, in memory, and applies the migrations.
 *
 * @param copy a file with its data directory after the migrations, which is read if it exists and written otherwise:
 * migrating takes most of the time
 */
export async function startPostgres(migrations: readonly string[], copy: string): Promise<PGlite> {
  // Optimising its WebAssembly takes longer than running it.
  setFlagsFromString('--liftoff-only');
  const known = await readFile(copy).catch(nullWhereMissing);
  if (known) return PGlite.create({ loadDataDir: new Blob([known]) });
  const postgres = await PGlite.create();
  for (const sql of migrations) await postgres.exec(sql);
  await replace(copy, Buffer.from(await (await postgres.dumpDataDir('none')).arrayBuffer()));
  return postgres;
}

/** @throws UnfitStatementsError if Postgres refuses statements */
export async function describeStatements(
  postgres: PGlite,
  statements: readonly Declared[],
): Promise<Map<string, Described>> {
  const notNull = await listNotNull(postgres);
  const described = new Map<string, Described>();
  const faults = new Map<string, string>();
  for (const statement of statements) {
    try {
      const one = await describeOne(postgres, statement, notNull);
      // Throws if a type is not known.
      columnsOf(one);
      valuesOf(one);
      described.set(statement.name, one);
    } catch (error) {
      faults.set(statement.name, (error as Error).message);
    }
  }
  if (faults.size > 0) throw new UnfitStatementsError(faults);
  return described;
}

/** The columns that are declared NOT NULL, as `<oid of the table>.<number>`. */
async function listNotNull(postgres: PGlite): Promise<Set<string>> {
  const text = `SELECT attrelid::int8::text || '.' || attnum AS column FROM pg_attribute WHERE attnotnull AND attnum > 0`;
  const { rows } = await postgres.query<{ column: string }>(text);
  return new Set(rows.map(({ column }) => column));
}

async function describeOne(postgres: PGlite, { marked }: Declared, notNull: ReadonlySet<string>): Promise<Described> {
  const { serialize } = protocol;
  const messages: object[] = [];
  const send = async (message: Uint8Array) =>
    messages.push(...(await postgres.execProtocol(message, { syncToFs: false })).messages);
  try {
    await send(serialize.parse({ text: withoutMarks(marked) }));
    await send(serialize.describe({ type: 'S' }));
  } finally {
    await send(serialize.sync());
  }
  const isParameters = (one: object) => one instanceof protocol.messages.ParameterDescriptionMessage;
  const isRow = (one: object) => one instanceof protocol.messages.RowDescriptionMessage;
  return {
    marked,
    parameters: messages.find(isParameters)?.dataTypeIDs ?? [],
    columns: (messages.find(isRow)?.fields ?? []).map((field) => ({
      name: field.name,
      type: field.dataTypeID,
      isNotNull: notNull.has(`${field.tableID}.${field.columnID}`),
    })),
  };
}
