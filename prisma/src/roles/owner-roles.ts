import { type Owner, roleOf, SUBGRAPHS, schemaOf, subgraphManifest } from '@tintype/schema/subgraphs';
import pg from 'pg';
import { MigrationError } from '#migrations/migration.error.ts';

/** Roles belong to the server: another database on it may be creating the same ones at this moment. */
const ATTEMPTS = 20;
/** Another session was faster: the role or the grant exists, or is being written (`tuple concurrently updated`). */
const CONCURRENT: ReadonlySet<string | undefined> = new Set(['42710', '23505', 'XX000']);
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Gives each owner a role that cannot log in, and that reads and writes the tables of this owner and of `runtime` only.
 * The login of the client becomes a member, so that its connections can work as this role. Does nothing if nothing is
 * missing.
 *
 * @throws MigrationError ROLES where the login may not create them
 */
export async function grantRoles(client: pg.Client, owners: readonly Owner[]): Promise<void> {
  await createRoles(client, owners);
  for (const owner of owners) {
    const makesTables = await doesMakeTables(owner);
    if (!(await hasPrivileges(client, owner, makesTables))) await grantPrivileges(client, owner, makesTables);
  }
}

async function createRoles(client: pg.Client, owners: readonly Owner[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const missing = await listMissing(client, owners);
    if (missing.length === 0) return;
    try {
      for (const statement of missing) await client.query(statement);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      if (error.code === INSUFFICIENT_PRIVILEGE) throw await asForbidden(client, owners, error);
      if (!CONCURRENT.has(error.code) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Statements that create the roles and their memberships, as far as they are missing. */
async function listMissing(client: pg.Client, owners: readonly Owner[]): Promise<string[]> {
  const runtime = roleOf('runtime');
  const roles = [...new Set([runtime, ...owners.map(roleOf)])];
  // Since Postgres 16, a member may be one without the right to work as the role.
  const { rows } = await client.query<{ role: string; login: string; exists: boolean; ours: boolean; runs: boolean }>(
    `select role, current_user as login, r.oid is not null as "exists",
       coalesce(pg_has_role(current_user, r.oid,
         case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end), false) as ours,
       coalesce(pg_has_role(r.oid, (select oid from pg_roles where rolname = $2), 'USAGE'), false) as runs
     from unnest($1::text[]) with ordinality as wanted (role, n) left join pg_roles r on r.rolname = role order by n`,
    [roles, runtime],
  );
  return rows.flatMap(({ role, login, exists, ours, runs }) => [
    ...(exists ? [] : [`create role ${name(role)} nologin`]),
    ...(runs || role === runtime ? [] : [`grant ${name(runtime)} to ${name(role)}`]),
    ...(ours ? [] : [`grant ${name(role)} to ${name(login)}`]),
  ]);
}

async function asForbidden(client: pg.Client, owners: readonly Owner[], cause: Error): Promise<MigrationError> {
  const missing = await listMissing(client, owners);
  return new MigrationError(
    'ROLES',
    [],
    'The login of DATABASE_URL may not create the roles of the owners (CREATEROLE), or may not become a member of them. ' +
      'The migrations are applied. ' +
      `Let an administrator run these statements, then migrate again:\n${missing.map((statement) => `  ${statement};`).join('\n')}`,
    { cause },
  );
}

async function hasPrivileges(client: pg.Client, owner: Owner, makesTables: boolean): Promise<boolean> {
  const { rows } = await client.query<{ granted: boolean }>(
    `select has_schema_privilege($1, $2, 'USAGE') and (not $3 or has_schema_privilege($1, $2, 'CREATE')) and not exists (
       select from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $2 and c.relname <> '_prisma_migrations' and case
         when c.relkind in ('r', 'p') then not (has_table_privilege($1, c.oid, 'SELECT') and has_table_privilege($1, c.oid, 'INSERT')
           and has_table_privilege($1, c.oid, 'UPDATE') and has_table_privilege($1, c.oid, 'DELETE'))
         when c.relkind = 'S' then not (has_sequence_privilege($1, c.oid, 'USAGE') and has_sequence_privilege($1, c.oid, 'UPDATE'))
         else false end)
       and not exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname = $2 and not has_function_privilege($1, p.oid, 'EXECUTE')) as granted`,
    [roleOf(owner), schemaOf(owner), makesTables],
  );
  return rows[0]?.granted === true;
}

/** The history of migrations stays with the login that migrates. */
async function grantPrivileges(client: pg.Client, owner: Owner, makesTables: boolean): Promise<void> {
  const schema = name(schemaOf(owner));
  const role = name(roleOf(owner));
  const history = `${schema}._prisma_migrations`;
  // Without migrations, the table does not exist.
  const { rowCount: hasHistory } = await client.query('select where to_regclass($1) is not null', [history]);
  await client.query(`
    grant usage${makesTables ? ', create' : ''} on schema ${schema} to ${role};
    grant select, insert, update, delete on all tables in schema ${schema} to ${role};
    grant usage, select, update on all sequences in schema ${schema} to ${role};
    grant execute on all functions in schema ${schema} to ${role};
    ${hasHistory ? `revoke all on ${history} from ${role}` : ''}`);
}

async function doesMakeTables(owner: Owner): Promise<boolean> {
  const subgraph = SUBGRAPHS.find((name) => name === owner);
  return subgraph !== undefined && (await subgraphManifest(subgraph)).makesTables === true;
}

const name = pg.escapeIdentifier;
