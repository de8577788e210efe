import { OWNERS, type Owner, schemaOf } from '@tintype/schema/subgraphs';
import { createEnvironment, type Environment } from '@tintype/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const PERMISSION_DENIED = '42501';

let environment: Environment;
const pools = new Map<Owner, pg.Pool>();
let tables: { owner: string; table: string }[];

beforeAll(async () => {
  environment = await createEnvironment();
  for (const owner of OWNERS) pools.set(owner, environment.ownedBy(owner, { quota: 'all' }).database.pool);
  const { rows } = await environment.database.pool.query(
    `SELECT schemaname AS owner, format('%I.%I', schemaname, tablename) AS table FROM pg_tables
     WHERE schemaname = ANY($1) AND tablename <> '_prisma_migrations' ORDER BY 2`,
    [OWNERS.map(schemaOf)],
  );
  tables = rows;
});
afterAll(() => environment?.close());

describe.each(OWNERS)('the role of %s', (owner) => {
  const tryAll = async (statementOn: (table: string) => string) => {
    const refused: string[] = [];
    for (const { table } of tables) {
      await pools
        .get(owner)!
        .query(statementOn(table))
        .catch((error: { code?: string }) => {
          if (error.code !== PERMISSION_DENIED) throw error;
          refused.push(table);
        });
    }
    return refused;
  };
  const foreign = () =>
    tables.filter((one) => one.owner !== schemaOf(owner) && one.owner !== 'runtime').map(({ table }) => table);

  test('reads the tables of this owner and of runtime, and no others', async () => {
    expect(await tryAll((table) => `SELECT FROM ${table} LIMIT 1`)).toEqual(foreign());
  });

  test('writes the tables of this owner and of runtime, and no others', async () => {
    expect(await tryAll((table) => `DELETE FROM ${table} WHERE false`)).toEqual(foreign());
  });

  test('does not touch the history of migrations', async () => {
    const reading = pools.get(owner)!.query(`SELECT FROM "${schemaOf(owner)}"._prisma_migrations`);
    await expect(reading).rejects.toMatchObject({ code: PERMISSION_DENIED });
  });

  test('creates no tables, unless the owner says that it does', async () => {
    const creating = pools.get(owner)!.query(`CREATE TABLE "${schemaOf(owner)}".made ()`);
    if (owner === 'search') await creating;
    else await expect(creating).rejects.toMatchObject({ code: PERMISSION_DENIED });
  });
});

test('functions with the rights of the migrating login take no arguments, and only owners may call them', async () => {
  const { rows } = await environment.database.pool.query(
    `SELECT proname AS name, pronargs AS arguments, p.oid,
       EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0) AS "isPublic"
     FROM pg_proc p WHERE prosecdef AND pronamespace::regnamespace::text = ANY($1)`,
    [OWNERS.map(schemaOf)],
  );
  expect(rows).toEqual([{ name: 'forget_streams', arguments: 0, oid: expect.anything(), isPublic: false }]);
});
