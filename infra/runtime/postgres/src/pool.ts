import { gauge } from '@tintype/telemetry';
import type pg from 'pg';
import { BoundedPool, LATE_CONNECTION_MS, STATEMENT_MS } from './bounded-pool.ts';

export type PoolOptions = {
  url: string;
  applicationName: string;
  max?: number;
  /** Connections that one client may hold at once, and all work outside of requests together; as many as there are by default. */
  share?: number;
  /** How long a connection stays that nobody uses, in milliseconds; but for a few that are kept. 30 s by default. */
  idleMs?: number;
  /** Parameters of Postgres that its sessions begin with, beside the time-outs. */
  settings?: Readonly<Record<string, string>>;
  /** Told the text of each statement that is sent: tests count them. */
  onStatement?: (text: string) => void;
};

const IDLE_MS = 30_000;

const pools = new Set<{ application: string; pool: BoundedPool }>();

gauge('tintype_postgres_connections', 'Connections of a pool', ['application', 'state'], (connections) => {
  connections.reset();
  for (const one of pools) {
    const { application, pool } = one;
    if (pool.ended) {
      pools.delete(one);
      continue;
    }
    connections.inc({ application, state: 'open' }, pool.totalCount);
    connections.inc({ application, state: 'waiting' }, pool.waiting());
  }
});

/**
 * Connections as they are needed. Every wait has an end: 1 s for a connection or a lock, 3 s for a statement, 5 s for an idle
 * transaction, and less where less is left of the request.
 */
export function createPool(options: PoolOptions): BoundedPool {
  const { applicationName, max = 8, share = max, idleMs = IDLE_MS, settings = {}, onStatement } = options;
  // Compiling a statement takes longer than any of ours runs.
  const session = { client_connection_check_interval: '500', jit: 'off', ...settings };
  const pool = new BoundedPool({
    connectionString: options.url,
    application_name: applicationName,
    max,
    share,
    connectionTimeoutMillis: LATE_CONNECTION_MS,
    idleTimeoutMillis: idleMs,
    statement_timeout: STATEMENT_MS,
    lock_timeout: 1000,
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
    options: Object.entries(session)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  });
  // Without a listener an idle connection's end would be an uncaught error; the pool has dropped it already.
  pool.on('error', () => undefined);
  // The same for one that ends while it is held between two statements: its next statement fails, which is soon enough.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pools.add({ application: applicationName, pool });
  if (onStatement) pool.on('connect', (client) => watch(client, onStatement));
  return pool;
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
