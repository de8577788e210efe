import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { DriverAdapterError } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/**
 * Prisma's pg adapter with three things put right for migrations. Its `executeScript` splits at every semicolon, also
 * those in function bodies, strings and comments: here a script goes to the server as one simple query, which makes
 * each migration one transaction, as Prisma's native engine does. It drops the shadow database while
 * still connected to it. And it cannot read the catalog's "char" columns.
 *
 * @param schema has the history; names in it are then written without it. Null where neither is wanted
 */
export function createMigrationAdapter(
  databaseUrl: string,
  schema: string | null,
): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg(connection(databaseUrl));
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => connect(databaseUrl, schema),
    connectToShadowDb: async () => {
      const name = `tintype_shadow_${randomUUID().replaceAll('-', '')}`;
      await administer(databaseUrl, `create database "${name}" template template0`);
      return connect(withDatabase(databaseUrl, name), schema, () =>
        administer(databaseUrl, `drop database if exists "${name}" with (force)`),
      );
    },
  };
}

async function connect(
  databaseUrl: string,
  schema: string | null,
  afterDispose?: () => Promise<void>,
): Promise<SqlDriverAdapter> {
  const pool = new pg.Pool({
    ...connection(databaseUrl),
    // Where the engine finds and makes the history, `_prisma_migrations`.
    onConnect: async (client) => {
      if (schema !== null) await client.query(`set search_path = ${pg.escapeIdentifier(schema)}`);
    },
  });
  // The pool replaces idle connections that the server closes. Without a listener, the error would end the process.
  pool.on('error', () => undefined);
  readCatalogChars(pool);
  const adapter = await new PrismaPg(pool, schema === null ? {} : { schema }).connect();
  adapter.executeScript = async (script) => {
    await pool.query(script).catch((error: unknown) => {
      throw asAdapterError(error);
    });
  };
  adapter.dispose = async () => {
    await pool.end();
    await afterDispose?.();
  };
  return adapter;
}

/** The engine reads the catalog's "char" columns, a type that the adapter refuses: they are handed over as text. */
function readCatalogChars(pool: pg.Pool): void {
  const { CHAR, TEXT } = pg.types.builtins;
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryResult | pg.QueryResult[]>;
  pool.query = (async (...args: unknown[]) => {
    const result = await query(...args);
    for (const field of Array.isArray(result) ? [] : result.fields) {
      if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
    }
    return result;
  }) as typeof pool.query;
}

/** One connection: the engine takes a session's advisory lock and must go on in that session. */
function connection(databaseUrl: string): pg.PoolConfig {
  return { connectionString: databaseUrl, application_name: 'tintype-migrate', max: 1 };
}

export async function administer(databaseUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'tintype-migrate' });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export function withDatabase(databaseUrl: string, name: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** The engine only understands the adapter's own error shape; the server's code and message travel inside it. */
function asAdapterError(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  return new DriverAdapterError({
    kind: 'postgres',
    code: error.code ?? 'XX000',
    severity: error.severity ?? 'ERROR',
    message: error.message,
    detail: error.detail,
    column: error.column,
    hint: error.hint,
    originalCode: error.code,
    originalMessage: error.message,
  });
}
