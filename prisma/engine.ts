import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OWNERS, type Owner } from '@tintype/schema/subgraphs';
import pg from 'pg';
import { NO_FILTERS, withSchemaEngine } from '#migrations/migration.engine.ts';
import { MigrationError } from '#migrations/migration.error.ts';
import {
  LOCKFILE_CONTENT,
  LOCKFILE_NAME,
  MIGRATIONS_DIRECTORY,
  readMigrations,
  readSchemasOf,
} from '#migrations/migration.folder.ts';
import { assertUsable, createSchemas } from '#migrations/migration.preconditions.ts';
import { assertFits, type MigrationStatus, toStatus } from '#migrations/migration.rules.ts';
import { grantRoles } from '#roles/owner-roles.ts';

export { MigrationError, type MigrationFault } from '#migrations/migration.error.ts';
export type { MigrationStatus } from '#migrations/migration.rules.ts';

/** `folder` has a folder of migrations for each owner: prisma/migrations where it is left out. */
export type MigrateOptions = { owners?: readonly Owner[]; folder?: string };

/** Any number, the same everywhere: one migration of a database at a time. The engine holds a lock of its own inside ours. */
const LOCK_KEY = 7_213_001_145;
const LOCK_WAIT_MS = 120_000;

/**
 * Applies what the database does not have yet of each owner, all by default. Each migration has a transaction of its own. Answers with
 * what it applied, as `<owner>/<name>`, and gives each owner its database role. Several processes may call it at once: one works, the others wait.
 *
 * @throws MigrationError, before anything is applied, where the database is ahead of the folder, where an applied migration was edited,
 * where an earlier one failed half-way, where the database has the single history of earlier versions, and where another program uses
 * the schema of an owner; and where one fails now, or the login may not create the schemas or the roles of the owners
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const { owners = OWNERS, folder } = options;
  await connected(databaseUrl, (client) => assertUsable(client, owners));
  return locked(databaseUrl, async (client) => {
    await createSchemas(client, owners);
    const found = await statusPerOwner(databaseUrl, { owners, folder });
    for (const [owner, one] of found) assertFits(owner, one);
    const applied: string[] = [];
    for (const [owner, { pending }] of found) {
      if (pending.length > 0) applied.push(...(await apply(databaseUrl, owner, folder)));
    }
    await grantRoles(client, owners);
    return applied;
  });
}

async function apply(databaseUrl: string, owner: Owner, folder: string | undefined): Promise<string[]> {
  const migrationsList = await readMigrations(owner, folder);
  return withSchemaEngine(databaseUrl, owner, async (engine) => {
    try {
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTERS });
      return appliedMigrationNames.map((name) => `${owner}/${name}`);
    } catch (error) {
      throw await asFailed(error, () => statusOf(databaseUrl, owner, folder));
    }
  });
}

/** How the database stands to the folder, for all these owners together, without changing either. */
export async function status(databaseUrl: string, options: MigrateOptions = {}): Promise<MigrationStatus> {
  const { owners = OWNERS, folder } = options;
  await connected(databaseUrl, (client) => assertUsable(client, owners));
  const all = [...(await statusPerOwner(databaseUrl, { owners, folder })).values()];
  return {
    pending: all.flatMap(({ pending }) => pending),
    ahead: all.flatMap(({ ahead }) => ahead),
    edited: all.flatMap(({ edited }) => edited),
    failed: all.flatMap(({ failed }) => failed),
  };
}

/** Side by side: an engine mostly waits for the server. */
async function statusPerOwner(
  databaseUrl: string,
  { owners, folder }: { owners: readonly Owner[]; folder: string | undefined },
): Promise<Map<Owner, MigrationStatus>> {
  const found = owners.map(async (owner) => [owner, await statusOf(databaseUrl, owner, folder)] as const);
  return new Map(await Promise.all(found));
}

async function statusOf(databaseUrl: string, owner: Owner, folder: string | undefined): Promise<MigrationStatus> {
  const migrationsList = await readMigrations(owner, folder);
  return withSchemaEngine(databaseUrl, owner, async (engine) =>
    toStatus(
      owner,
      await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters: NO_FILTERS }),
    ),
  );
}

/**
 * After a failed migration was undone by hand: it counts as not applied, and the next `migrate` tries it again.
 *
 * @param migration as `<owner>/<name>`
 */
export async function markRolledBack(databaseUrl: string, migration: string): Promise<void> {
  const [owner, migrationName] = migration.split('/', 2);
  if (!isOwner(owner) || !migrationName) {
    throw new Error(`"${migration}" is no migration: name its owner, too, such as post/20261130120000_add_place.`);
  }
  await locked(databaseUrl, () =>
    withSchemaEngine(databaseUrl, owner, (engine) => engine.markMigrationRolledBack({ migrationName })),
  );
}

export function isOwner(name: string | undefined): name is Owner {
  return (OWNERS as readonly (string | undefined)[]).includes(name);
}

/**
 * SQL that leads from an owner's migrations to its schema, null where they agree. The folder is replayed in a shadow
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

/** Writes `<folder>/<owner>/<UTC time>_<name>/migration.sql` and Prisma's lock file. @returns `<owner>/<UTC time>_<name>` */
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

async function locked<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return connected(databaseUrl, async (client) => {
    await client.query(`set lock_timeout = ${LOCK_WAIT_MS}`);
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]).catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError && error.code === '55P03')) throw error;
      throw new MigrationError(
        'LOCKED',
        [],
        `Another process has been migrating this database for ${LOCK_WAIT_MS / 1000} s.`,
      );
    });
    return work(client);
  });
}

async function connected<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'tintype-migrate' });
  await client.connect();
  try {
    return await work(client);
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
