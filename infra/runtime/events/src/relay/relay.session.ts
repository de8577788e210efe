import { type Database, tryLock, unlock } from '@tintype/postgres';
import { type SubgraphName, schemaOf } from '@tintype/schema/subgraphs';
import pg from 'pg';
import { outboxChannel, sleepLock } from '#outbox/outbox.ts';

/**
 * A connection that holds the owner's relay lock, receives notifications about new rows, and runs all of the relay's
 * SQL.
 */
export type RelaySession = {
  client: pg.Client;
  /** Whether this relay is now the active one, for the life of the session. */
  tryLead(): Promise<boolean>;
  /**
   * If it returns true, writers notify from now on. False while there are transactions that will not notify: their rows
   * have to be found by polling.
   */
  tryFallAsleep(): Promise<boolean>;
  /** Writers stop notifying. */
  wakeUp(): Promise<void>;
  /** Resolves when a writer has notified since the last call, when the session or the signal ends, or after `ms`. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Throws the error that ended the session. */
  assertAlive(): void;
  close(): Promise<void>;
};

/*
 * Reads and writes use the session that holds the lock, so a relay that has lost the lock cannot change anything. Short
 * keepalives let the server notice a relay whose machine is gone, so another one takes over within half a minute.
 */
const SETTINGS = `
  set tcp_keepalives_idle = 10;
  set tcp_keepalives_interval = 5;
  set tcp_keepalives_count = 3;
  set client_connection_check_interval = 2000`;

/** Waits for a server that is known to be unavailable, because it would first serve the connections that we gave up. */
export async function openRelaySession(
  database: Pick<Database, 'pool'>,
  owner: SubgraphName,
  signal: AbortSignal,
): Promise<RelaySession> {
  await database.pool.untilBack(signal);
  const client = new pg.Client({
    connectionString: database.pool.options.connectionString,
    application_name: `tintype-relay-${owner}`,
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    statement_timeout: 10_000,
    query_timeout: 15_000,
  });
  let ended: Error | undefined;
  let notified = false;
  let wake = () => {};
  const end = (error?: Error) => {
    ended ??= error ?? new Error('The connection to Postgres ended.');
    wake();
  };
  client.on('error', end);
  client.on('end', () => end());
  client.on('notification', () => {
    notified = true;
    wake();
  });
  await client.connect();
  await client.query(SETTINGS);
  await client.query(`listen "${outboxChannel(owner)}"`);
  return {
    client,
    tryLead: () => tryLock(client, `tintype:relay:${schemaOf(owner)}`),
    tryFallAsleep: () => tryLock(client, sleepLock(owner)),
    wakeUp: () => unlock(client, sleepLock(owner)),
    async wait(ms, signal) {
      if (!notified && !ended && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, ms);
        wake = resolve;
        signal.addEventListener('abort', wake, { once: true });
        await promise;
        signal.removeEventListener('abort', wake);
        clearTimeout(timer);
      }
      notified = false;
    },
    assertAlive() {
      if (ended) throw ended;
    },
    close: () => client.end().catch(() => undefined),
  };
}
