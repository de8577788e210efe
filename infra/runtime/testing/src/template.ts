import { migrate } from '@tintype/prisma/migrate';
import pg from 'pg';

const TEMPLATE = 'tintype_template';
/** An arbitrary number for a lock: workers that create the template at the same time wait for each other. */
const LOCK = 7_215_001;

function addressOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function asAdmin<T>(serverUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: addressOf(serverUrl, 'postgres') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A migrated database, copied from a template that is migrated once, and again after each new migration. */
export function cloneDatabase(serverUrl: string, name: string): Promise<string> {
  return asAdmin(serverUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [TEMPLATE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${TEMPLATE}`);
    await migrate(addressOf(serverUrl, TEMPLATE));
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
    return addressOf(serverUrl, name);
  });
}

export function dropDatabase(serverUrl: string, name: string): Promise<void> {
  return asAdmin(serverUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
}
