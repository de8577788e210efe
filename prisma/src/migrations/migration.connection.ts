import pg from 'pg';
import { MigrationError } from '#migrations/migration.error.ts';

/**
 * Any number, the same everywhere: one migration of a database at a time. The engine holds a lock of its own inside
 * ours.
 */
const LOCK_KEY = 7_213_001_145;
const LOCK_WAIT_MS = 120_000;

/**
 * Runs `work` while no other process migrates this database.
 *
 * @throws MigrationError LOCKED if another process migrates for too long
 */
export async function locked<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
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

export async function connected<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'tintype-migrate' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
