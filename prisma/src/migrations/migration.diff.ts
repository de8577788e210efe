import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Owner } from '@tintype/schema/subgraphs';
import { NO_FILTERS, withSchemaEngine } from '#migrations/migration.engine.ts';
import {
  LOCKFILE_CONTENT,
  LOCKFILE_NAME,
  MIGRATIONS_DIRECTORY,
  readMigrations,
  readSchemasOf,
} from '#migrations/migration.folder.ts';

/**
 * SQL that leads from an owner's migrations to its schema; null if they agree. The folder is replayed in a shadow
 * database, which is made on the server of `databaseUrl` (its user needs CREATEDB) and dropped at the end.
 */
export async function diff(databaseUrl: string, owner: Owner, folder?: string): Promise<string | null> {
  const migrationsList = await readMigrations(owner, folder);
  const files = await readSchemasOf(owner);
  return withSchemaEngine(
    databaseUrl,
    owner,
    async (engine) => {
      const result = await engine.diff({
        from: { tag: 'migrations', ...migrationsList },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: true,
        filters: NO_FILTERS,
      });
      return result.exitCode === 2 ? (result.stdout ?? '') : null;
    },
    { history: false },
  );
}

/**
 * Writes `<folder>/<owner>/<UTC time>_<name>/migration.sql` and Prisma's lock file.
 *
 * @returns `<owner>/<UTC time>_<name>`
 */
export async function writeMigration(
  owner: Owner,
  name: string,
  sql: string,
  folder: string = MIGRATIONS_DIRECTORY,
): Promise<string> {
  if (!/^[a-z][a-z0-9_]{0,60}$/.test(name)) {
    throw new Error(
      `"${name}" is no migration name: lower-case letters, digits and underscores, such as add_post_place.`,
    );
  }
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const migration = `${owner}/${stamp}_${name}`;
  await mkdir(join(folder, migration), { recursive: true });
  await writeFile(join(folder, owner, LOCKFILE_NAME), LOCKFILE_CONTENT);
  await writeFile(join(folder, migration, 'migration.sql'), sql);
  return migration;
}
