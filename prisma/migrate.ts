import { listLocalOwners, OWNERS, type Owner } from '@tintype/schema/subgraphs';
import { connected, locked } from '#migrations/migration.connection.ts';
import { NO_FILTERS, withSchemaEngine } from '#migrations/migration.engine.ts';
import { MigrationError } from '#migrations/migration.error.ts';
import { readMigrations } from '#migrations/migration.folder.ts';
import { assertUsable, createSchemas } from '#migrations/migration.preconditions.ts';
import { assertFits, type MigrationStatus, toStatus } from '#migrations/migration.rules.ts';
import { grantRoles } from '#roles/owner-roles.ts';

export { MigrationError, type MigrationFault } from '#migrations/migration.error.ts';
export type { MigrationStatus } from '#migrations/migration.rules.ts';

/**
 * `owners` are by default those of this repository. `folder` has a folder of migrations for each. By default, it is
 * prisma/migrations.
 */
export type MigrateOptions = { owners?: readonly Owner[]; folder?: string };

/**
 * Applies the migrations that the database lacks, by default those of all owners, and gives each owner its database
 * role. Each migration has a transaction of its own. If several processes call it at once, one works and the others
 * wait.
 *
 * @returns what it applied, as `<owner>/<name>`
 * @throws MigrationError, before anything is applied, if the database is ahead of the folder, an applied migration was
 * edited, an earlier one failed halfway, the database has the single history of earlier versions, or another program
 * uses the schema of an owner. Also if a migration fails now, or the login may not create the schemas or the roles of
 * the owners
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<string[]> {
  const { owners = listLocalOwners(), folder } = options;
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
  const { owners = listLocalOwners(), folder } = options;
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
