import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { NO_FILTERS, withSchemaEngine } from '#migrations/migration.engine.ts';
import { MigrationError } from '#migrations/migration.error.ts';
import {
  LOCKFILE_CONTENT,
  LOCKFILE_NAME,
  MIGRATIONS_DIRECTORY,
  readMigrations,
  readSchemas,
  SCHEMA_DIRECTORY,
} from '#migrations/migration.folder.ts';
import { assertFits, type MigrationStatus, toStatus } from '#migrations/migration.rules.ts';

export { MigrationError, type MigrationFault } from '#migrations/migration.error.ts';
export type { MigrationStatus } from '#migrations/migration.rules.ts';

export type Folders = { migrations?: string; schema?: string };

/** Any number, the same everywhere: one migration of a database at a time. The engine holds a lock of its own inside ours. */
const LOCK_KEY = 7_213_001_145;
const LOCK_WAIT_MS = 120_000;

/**
 * Applies what the database does not have yet, each migration in a transaction of its own, and answers with their names.
 * Throws MigrationError where the database is ahead of the folder, where an applied migration was edited, where an
 * earlier one failed half-way, and where one fails now. Several processes may call it at once: one works, the others wait.
 */
export async function migrate(databaseUrl: string, folders: Folders = {}): Promise<string[]> {
  const migrationsList = await readMigrations(folders.migrations ?? MIGRATIONS_DIRECTORY);
  return locked(databaseUrl, () =>
    withSchemaEngine(
      databaseUrl,
      async (engine) => {
        const found = toStatus(
          await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters: NO_FILTERS }),
        );
        assertFits(found);
        if (found.pending.length === 0) return [];
        try {
          return (await engine.applyMigrations({ migrationsList, filters: NO_FILTERS })).appliedMigrationNames;
        } catch (error) {
          throw await asFailed(error, () => status(databaseUrl, folders));
        }
      },
      folders.schema,
    ),
  );
}

/** How the database stands to the folder, without changing either. */
export async function status(databaseUrl: string, folders: Folders = {}): Promise<MigrationStatus> {
  const migrationsList = await readMigrations(folders.migrations ?? MIGRATIONS_DIRECTORY);
  return withSchemaEngine(
    databaseUrl,
    async (engine) =>
      toStatus(
        await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters: NO_FILTERS }),
      ),
    folders.schema,
  );
}

/** After a failed migration was undone by hand: it counts as not applied, and the next `migrate` tries it again. */
export async function markRolledBack(databaseUrl: string, migrationName: string, folders: Folders = {}): Promise<void> {
  await locked(databaseUrl, () =>
    withSchemaEngine(databaseUrl, (engine) => engine.markMigrationRolledBack({ migrationName }), folders.schema),
  );
}

/**
 * SQL that leads from the migrations folder to the schema, null where they agree. The folder is replayed in a shadow
 * database, which is made on the server of `databaseUrl` (its user needs CREATEDB) and dropped at the end.
 */
export async function diff(databaseUrl: string, folders: Folders = {}): Promise<string | null> {
  const migrationsList = await readMigrations(folders.migrations ?? MIGRATIONS_DIRECTORY);
  const schema = await readSchemas(folders.schema ?? SCHEMA_DIRECTORY);
  return withSchemaEngine(
    databaseUrl,
    async (engine) => {
      const result = await engine.diff({
        from: { tag: 'migrations', ...migrationsList },
        to: { tag: 'schemaDatamodel', files: schema },
        script: true,
        exitCode: true,
        filters: NO_FILTERS,
      });
      return result.exitCode === 2 ? (result.stdout ?? '') : null;
    },
    folders.schema,
  );
}

/** Writes `<migrations>/<UTC time>_<name>/migration.sql` and Prisma's lock file; answers with the new migration's name. */
export async function writeMigration(name: string, sql: string, folders: Folders = {}): Promise<string> {
  if (!/^[a-z][a-z0-9_]{0,60}$/.test(name)) {
    throw new Error(
      `"${name}" is no migration name: lower-case letters, digits and underscores, such as add_post_place.`,
    );
  }
  const directory = folders.migrations ?? MIGRATIONS_DIRECTORY;
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const migration = `${stamp}_${name}`;
  await mkdir(join(directory, migration), { recursive: true });
  await writeFile(join(directory, LOCKFILE_NAME), LOCKFILE_CONTENT);
  await writeFile(join(directory, migration, 'migration.sql'), sql);
  return migration;
}

async function locked<T>(databaseUrl: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'tintype-migrate-lock' });
  await client.connect();
  try {
    await client.query(`set lock_timeout = ${LOCK_WAIT_MS}`);
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    return await work();
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '55P03') {
      throw new MigrationError(
        'LOCKED',
        [],
        `Another process has been migrating this database for ${LOCK_WAIT_MS / 1000} s.`,
      );
    }
    throw error;
  } finally {
    await client.end();
  }
}

async function asFailed(error: unknown, look: () => Promise<MigrationStatus>): Promise<unknown> {
  const { failed } = await look().catch(() => ({ failed: [] as string[] }));
  if (failed.length === 0) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new MigrationError(
    'FAILED',
    failed,
    `Migration ${failed.join(', ')} failed and its transaction was rolled back.\n${reason}\n` +
      `Correct its SQL, then run: npm run db:migrate -- --rolled-back ${failed[0]}`,
    { cause: error },
  );
}
