import { gauge } from '@tintype/telemetry';
import type pg from 'pg';
import { BoundedPool, LATE_CONNECTION_MS, STATEMENT_MS } from './bounded-pool.ts';

export type PoolOptions = {
  url: string;
  applicationName: string;
  max?: number;
  /** How many connections one client may hold at once, and all work outside requests together. By default all. */
  quota?: number;
  /** How long an unused connection stays open, in milliseconds, except for a few that always stay. 30 s by default. */
  idleMs?: number;
  /** Parameters of Postgres for its sessions, in addition to the timeouts. */
  settings?: Readonly<Record<string, string>>;
  /** Called with the text of each statement that is sent, so that tests can count them. */
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
 * Opens connections as needed. Every wait is bounded: 1 s for a connection or a lock, 3 s for a statement, 5 s for an
 * idle transaction, and less if the request has less time left.
 */
export function createPool(options: PoolOptions): BoundedPool {
  const { applicationName, max = 8, quota = max, idleMs = IDLE_MS, settings = {}, onStatement } = options;
  // JIT compilation takes longer than any of our statements.
  const session = { client_connection_check_interval: '500', jit: 'off', ...settings };
  const pool = new BoundedPool({
    connectionString: withOptions(options.url, session),
    application_name: applicationName,
    max,
    quota,
    connectionTimeoutMillis: LATE_CONNECTION_MS,
    idleTimeoutMillis: idleMs,
    statement_timeout: STATEMENT_MS,
    lock_timeout: 1000,
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
  });
  // Without a listener, the end of an idle connection would be an uncaught error. The pool has dropped it already.
  pool.on('error', () => undefined);
  // The same for a connection that ends between two statements of a transaction. Its next statement fails, which is
  // soon enough.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pools.add({ application: applicationName, pool });
  if (onStatement) pool.on('connect', (client) => watch(client, onStatement));
  return pool;
}

/** An address with which connections work as this role from the start. The login has to be a member of it. */
export function asRole(url: string, role: string): string {
  return withOptions(url, { role });
}

/**
 * Parameters of sessions belong to the address, so that whatever connects to it has them. They win over those that it
 * has already.
 */
function withOptions(url: string, parameters: Readonly<Record<string, string>>): string {
  const address = new URL(url);
  const given = address.searchParams.get('options') ?? '';
  const added = Object.entries(parameters).map(([name, value]) => `-c ${name}=${value}`);
  address.searchParams.set('options', [given, ...added].join(' ').trim());
  return address.href;
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
