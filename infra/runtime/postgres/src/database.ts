import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from '@tintype/prisma';
import { gauge } from '@tintype/telemetry';
import pg from 'pg';

export type PrismaTransaction = Prisma.TransactionClient;

export type Database = {
  /** For prepared SQL: hot reads and set-based writes. */
  pool: pg.Pool;
  /** For everything else; on the same connections. */
  prisma: PrismaClient;
  close(): Promise<void>;
};

const connections = gauge('tintype_postgres_connections', 'Connections of a pool', ['application', 'state']);

/**
 * One pool and a Prisma client over it. Every wait has an end: 1 s for a connection or a lock, 3 s for a statement, 5 s for
 * an idle transaction; they fit pools of 8 to 12 connections on two cores.
 */
export function createDatabase(options: {
  url: string;
  applicationName: string;
  max?: number;
  /** Told the text of each statement that is sent: tests count them. */
  onStatement?: (text: string) => void;
}): Database {
  const { applicationName, onStatement } = options;
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: applicationName,
    max: options.max ?? 8,
    connectionTimeoutMillis: 1000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 3000,
    lock_timeout: 1000,
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
  });
  // Without a listener an idle connection's end would be an uncaught error; the pool has dropped it already.
  pool.on('error', () => measure());
  // The same for one that ends while it is held between two statements: its next statement fails, which is soon enough.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const measure = () => {
    connections.set({ application: applicationName, state: 'open' }, pool.totalCount);
    connections.set({ application: applicationName, state: 'waiting' }, pool.waitingCount);
  };
  pool.on('acquire', measure);
  pool.on('remove', measure);
  if (onStatement) pool.on('connect', (client) => watch(client, onStatement));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: statementName }) });
  return {
    pool,
    prisma,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** The same name for the same text, so that Prisma's statements stay prepared: 1.3 to 1.7 times less time per call. */
function statementName(query: { sql: string }): string {
  return `prisma_${createHash('sha1').update(query.sql).digest('base64url')}`;
}

function watch(client: pg.PoolClient, onStatement: (text: string) => void): void {
  const send = client.query.bind(client) as (...args: unknown[]) => unknown;
  const watched = (...args: unknown[]) => {
    const [first] = args;
    onStatement(typeof first === 'string' ? first : (first as pg.QueryConfig).text);
    return send(...args);
  };
  client.query = watched as typeof client.query;
}
