import { type Owner, schemaOf } from '@tintype/schema/subgraphs';
import pg from 'pg';
import { MigrationError } from '#migrations/migration.error.ts';

/** The first of the migrations that all owners had in common, until 2026-11-30. */
const FIRST_OF_SINGLE_HISTORY = '20261120222405_init';

/** The database and its schemas may belong to other programs, too. */
export async function assertUsable(client: pg.Client, owners: readonly Owner[]): Promise<void> {
  await assertHistoryPerOwner(client);
  const schemas = await readSchemas(client, owners);
  assertNotOccupied(schemas);
  assertHistoriesReadable(schemas);
}

/** A database with the single history of earlier versions cannot be migrated. It has to be created again. */
async function assertHistoryPerOwner(client: pg.Client): Promise<void> {
  // Another program may have a table of this name, of another form, which this login may not read.
  const { rowCount: isReadable } = await client.query(
    `select from pg_namespace n join pg_class c on c.relnamespace = n.oid join pg_attribute a on a.attrelid = c.oid
     where n.nspname = 'public' and c.relname = '_prisma_migrations' and a.attname = 'migration_name'
       and has_schema_privilege(n.oid, 'USAGE') and has_column_privilege(c.oid, a.attnum, 'SELECT')`,
  );
  if (!isReadable) return;
  const { rowCount: isSingle } = await client.query(
    'select from public._prisma_migrations where migration_name::text = $1',
    [FIRST_OF_SINGLE_HISTORY],
  );
  if (!isSingle) return;
  throw new MigrationError(
    'SINGLE_HISTORY',
    [],
    'The database was migrated by a version of 2026-11-30 or before, when all owners shared one history. There is no upgrade from it. ' +
      'If this is the platform of npm start, remove its data with npm run reset (with --data <directory> if you start it so). ' +
      'Otherwise, give DATABASE_URL an empty database.',
  );
}

type SchemaState = {
  name: string;
  exists: boolean;
  /** Whether the login may create tables in it. */
  isWritable: boolean;
  hasTables: boolean;
  /** The login that created the history of migrations, null if there is none. */
  historyOwner: string | null;
  isHistoryReadable: boolean;
};

async function readSchemas(client: pg.Client, owners: readonly Owner[]): Promise<SchemaState[]> {
  const { rows } = await client.query<SchemaState>(
    `select name, n.oid is not null as "exists",
       coalesce(has_schema_privilege(n.oid, 'USAGE') and has_schema_privilege(n.oid, 'CREATE'), false) as "isWritable",
       exists (select from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')) as "hasTables",
       pg_get_userbyid(h.relowner) as "historyOwner",
       coalesce(has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(h.oid, 'SELECT'), false) as "isHistoryReadable"
     from unnest($1::text[]) with ordinality as wanted (name, position)
     left join pg_namespace n on n.nspname = name
     left join pg_class h on h.relnamespace = n.oid and h.relname = '_prisma_migrations'
     order by position`,
    [owners.map(schemaOf)],
  );
  return rows;
}

function assertNotOccupied(schemas: readonly SchemaState[]): void {
  const occupied = schemas.filter(({ hasTables, historyOwner }) => hasTables && historyOwner === null);
  if (occupied.length === 0) return;
  throw new MigrationError(
    'OCCUPIED',
    [],
    `The database has tables in ${namesOf(occupied)} that these migrations did not create. Each owner needs the schema with its name ` +
      'for itself. Give DATABASE_URL a database in which no other program uses these schemas.',
  );
}

function assertHistoriesReadable(schemas: readonly SchemaState[]): void {
  const [first] = schemas.filter(({ historyOwner, isHistoryReadable }) => historyOwner !== null && !isHistoryReadable);
  if (!first) return;
  throw new MigrationError(
    'FORBIDDEN',
    [],
    `The login of DATABASE_URL may not read the history of migrations in the schema "${first.name}". It was created by ` +
      `"${first.historyOwner}": migrate as this login, or use another database.`,
  );
}

/**
 * Creates the schemas, which come before the migrations, because each contains the history of its owner.
 *
 * @throws MigrationError FORBIDDEN if the login may not create them, or may not create tables in one that has no
 * history yet
 */
export async function createSchemas(client: pg.Client, owners: readonly Owner[]): Promise<void> {
  const schemas = await readSchemas(client, owners);
  // `if not exists` requires the right to create schemas even if there is nothing to create.
  const missing = schemas.filter(({ exists }) => !exists);
  await assertPermitted(client, schemas, missing.length > 0);
  for (const { name } of missing) await client.query(`create schema if not exists ${pg.escapeIdentifier(name)}`);
}

async function assertPermitted(
  client: pg.Client,
  schemas: readonly SchemaState[],
  createsSchemas: boolean,
): Promise<void> {
  const { rows } = await client.query<{ database: string; login: string; isPermitted: boolean }>(
    `select current_database() as database, current_user as login, has_database_privilege(current_database(), 'CREATE') as "isPermitted"`,
  );
  const { database, login, isPermitted } = rows[0]!;
  const to = pg.escapeIdentifier(login);
  const closed = schemas.filter(
    ({ exists, isWritable, historyOwner }) => exists && !isWritable && historyOwner === null,
  );
  const statements = [
    ...(createsSchemas && !isPermitted ? [`grant create on database ${pg.escapeIdentifier(database)} to ${to};`] : []),
    ...closed.map(({ name }) => `grant usage, create on schema ${pg.escapeIdentifier(name)} to ${to};`),
  ];
  if (statements.length === 0) return;
  throw new MigrationError(
    'FORBIDDEN',
    [],
    'The login of DATABASE_URL may not create the schemas of the owners, or tables in them. Let an administrator run these ' +
      `statements, then migrate again:\n${statements.map((statement) => `  ${statement}`).join('\n')}`,
  );
}

function namesOf(schemas: readonly SchemaState[]): string {
  return `the schema${schemas.length > 1 ? 's' : ''} ${schemas.map(({ name }) => `"${name}"`).join(', ')}`;
}
