import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readMigrations } from '@tintype/prisma/migrations';
import { OWNERS } from '@tintype/schema/subgraphs';
import { columnTypes, write } from './describe.rules.ts';
import { describeStatements, PGLITE_VERSION, startPostgres } from './describe.ts';
import { nullWhereMissing, replace } from './files.ts';
import { collect, ROOT, readSources } from './sources.ts';

const CACHE = join(ROOT, '.turbo');
const SAMPLE = join(ROOT, 'infra/statements/src/sample.sql');
const GENERATED = join(ROOT, 'infra/runtime/postgres/src/generated');
const TYPES = join(GENERATED, 'statements.ts');
const COLUMNS = join(GENERATED, 'columns.json');
const STAMP = join(GENERATED, '.statements.json');
/** The version of the generator. */
const MAKERS = /^infra\/(statements\/|runtime\/postgres\/src\/statement\.ts$)/;
const COPY = /^postgres-[0-9a-f]+\.tar$/;

/** Hashes of the inputs of the last types: all sources, and the statements that they declare. */
type Stamp = { sources: string; statements: string };

/**
 * Writes the types of all statements for `@tintype/postgres`. Loads modules only if a source has changed, and starts
 * Postgres only if statements or migrations have changed.
 *
 * @throws UnfitStatementsError if Postgres refuses statements
 */
export async function generateStatements(): Promise<'generated' | 'unchanged'> {
  const before = await readStamp();
  const sources = await readSources();
  const migrations = await listMigrations();
  const stamp = { sources: hash([PGLITE_VERSION, ...migrations, ...sources.values()]), statements: '' };
  if (before?.sources === stamp.sources) return 'unchanged';
  const statements = await collect(sources);
  const own = [...sources].filter(([path]) => MAKERS.test(path)).map(([, text]) => text);
  stamp.statements = hash([
    PGLITE_VERSION,
    ...migrations,
    ...own,
    ...statements.flatMap(({ name, marked }) => [name, marked]),
  ]);
  const isNew = before?.statements !== stamp.statements;
  if (isNew) {
    await mkdir(GENERATED, { recursive: true });
    await mkdir(CACHE, { recursive: true });
    const postgres = await startPostgres(migrations, await keepOnlyCopyOf(migrations));
    const described = await describeStatements(postgres, statements);
    await postgres.close();
    await replace(TYPES, write(described));
    await replace(COLUMNS, JSON.stringify(columnTypes(described)));
  }
  await replace(STAMP, JSON.stringify(stamp));
  return isNew ? 'generated' : 'unchanged';
}

/** The migrations of all owners, one owner after another, and the tables of `SAMPLE_SCHEMA`. */
export async function listMigrations(): Promise<string[]> {
  const folders = await Promise.all(OWNERS.map((owner) => readMigrations(owner)));
  const migrations = folders.flatMap(({ migrationDirectories }) =>
    migrationDirectories.map(({ migrationFile }) => migrationFile.content.value),
  );
  return [...migrations, await readFile(SAMPLE, 'utf8')];
}

/** @returns null if there is nothing to store */
async function readStamp(): Promise<Stamp | null> {
  if (!existsSync(TYPES) || !existsSync(COLUMNS)) return null;
  const stamp = await readFile(STAMP, 'utf8').catch(nullWhereMissing);
  return stamp === null ? null : (JSON.parse(stamp) as Stamp);
}

/** @returns the path of the copy for these migrations. Copies for others are deleted */
async function keepOnlyCopyOf(migrations: readonly string[]): Promise<string> {
  const name = `postgres-${hash([PGLITE_VERSION, ...migrations]).slice(0, 16)}.tar`;
  for (const other of await readdir(CACHE)) {
    if (COPY.test(other) && other !== name) await rm(join(CACHE, other), { force: true });
  }
  return join(CACHE, name);
}

function hash(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\0${part}`);
  return hash.digest('hex');
}
