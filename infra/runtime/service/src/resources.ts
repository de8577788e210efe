import { withTimeout } from '@tintype/bounds';
import type { EventBus, Worker } from '@tintype/events';
import { READY_TIMEOUTS, type Subgraph, type SubgraphClient } from '@tintype/graphql';
import { type LeasedIds, leaseIds } from '@tintype/ids';
import type { Database } from '@tintype/postgres';
import { connectRedis, type RedisHandle } from '@tintype/redis';
import { type Owner, roleOf, type SubgraphName } from '@tintype/schema/subgraphs';
import { createLog, type Log } from '@tintype/telemetry';
import { databaseSettings, natsSettings, type PlatformConfig } from './config.ts';
import { type Closeable, closeAll } from './lifecycle.ts';

/** The resources of a process for its subgraphs and workers, whether it runs one or all of them. */
export type Resources = {
  config: PlatformConfig;
  log: Log;
  database: Database;
  /** For connections of a pool that the owner opens itself. They work as the same role as those of `database`. */
  databaseUrl: string;
  redis: RedisHandle;
  ids: LeasedIds;
};

/** How many of a pool's connections one client may hold, and all workers together. By default all. */
export type PoolQuota = { quota: 'half' | 'all' };

export type OpenResources = Resources &
  Closeable & {
    /**
     * The same with a pool of its own, so that slow statements of one owner take no connections from others. Its
     * connections work as the role of the owner, so Postgres refuses statements that touch tables of other owners.
     */
    ownedBy(owner: Owner, sharing: PoolQuota): Resources;
    /**
     * Connects to NATS, which only workers need. Closed with the resources.
     *
     * @throws Error with the name of the store
     */
    connectEvents(): Promise<EventBus>;
  };

/** A subgraph with the workers that own the same data, and what closes its own connections. */
export type Wired = {
  subgraph: Subgraph;
  /** Called once at most, and only in processes that run workers. */
  createWorkers(bus: EventBus): Worker[];
  /**
   * Does everything that is slow the first time, before the first call. Never rejects: if a store is unavailable, it
   * prepares what it can.
   */
  warm?(): Promise<void>;
  close?(): Promise<void>;
};

/** The exports of a subgraph's `wire.ts`. */
export type Wire = (resources: Resources & { client: SubgraphClient }) => Promise<Wired> | Wired;

/**
 * A subgraph's `wire`. It is loaded when it is needed, because its code takes memory, and may be in another repository.
 */
export async function loadWire(name: SubgraphName): Promise<Wire> {
  return ((await import(`@tintype/${name}/wire`)) as { wire: Wire }).wire;
}

/**
 * Opens Postgres and Redis. If one does not respond, the start fails with its name.
 *
 * @param options.owner as whose role `database` works; if omitted, as the login of the address, for tools that read
 * data of several owners
 * @param options.onStatement called with the text of each SQL statement, for tests that count them
 */
export async function openResources(
  config: PlatformConfig,
  name: string,
  options: { owner?: Owner; onStatement?: (text: string) => void } = {},
): Promise<OpenResources> {
  // Imported when it is opened, because a gateway alone does not open it.
  const { asRole, createDatabase } = await import('@tintype/postgres');
  const log = createLog({ name, level: config.logLevel });
  const opened: Closeable[] = [];
  const open = async <T extends Closeable>(what: string, part: Promise<T>): Promise<T> => {
    try {
      const ready = await part;
      opened.push(ready);
      return ready;
    } catch (error) {
      await closeAll(opened, log);
      throw new Error(`${what} could not be opened: ${(error as Error).message}`, { cause: error });
    }
  };
  const { owner, ...watching } = options;
  const { url: databaseUrl, pool: max } = config.of(databaseSettings);
  const urlOf = (one: Owner) => asRole(databaseUrl, roleOf(one));
  const databaseOf = (url: string, applicationName: string, quota?: number) =>
    createDatabase({ url, applicationName, max, ...watching, ...(quota && { quota }) });
  const url = owner ? urlOf(owner) : databaseUrl;
  const database = await open('Postgres', Promise.resolve(databaseOf(url, name)));
  const ids = await open('Postgres', leaseIds(database.pool, { log }));
  const redis = await open('Redis', connectRedis({ url: config.redisUrl, namespace: config.namespace, log }));
  const resources: Resources = { config, log, database, databaseUrl: url, redis, ids };
  return {
    ...resources,
    ownedBy(owner, { quota }) {
      const url = urlOf(owner);
      const own = databaseOf(url, owner, quota === 'half' ? Math.ceil(max / 2) : max);
      opened.push(own);
      return { ...resources, database: own, databaseUrl: url };
    },
    async connectEvents() {
      const { connectEvents } = await import('@tintype/events');
      const { url } = config.of(natsSettings);
      return open('NATS', connectEvents({ url, namespace: config.namespace, pool: database.pool, log }));
    },
    async close() {
      await closeAll(opened, log);
    },
  };
}

/**
 * The state of each store for `/readyz`, and of NATS in processes with workers: `ok`, or what is wrong. Never rejects,
 * and takes at most a second.
 */
export async function checkReady(
  resources: Pick<Resources, 'database' | 'redis' | 'ids'>,
  bus?: Pick<EventBus, 'ready' | 'publishErrors'>,
): Promise<Record<string, string>> {
  const { database, redis, ids } = resources;
  const checks: Record<string, () => Promise<string>> = {
    postgres: async () => {
      await database.pool.query('SELECT 1');
      return 'ok';
    },
    redis: async () => {
      await redis.client.ping();
      return 'ok';
    },
    ids: async () => {
      if (ids.workerId() === undefined) throw new Error('This process has no worker number.');
      return 'ok';
    },
    ...(bus && {
      nats: async () => {
        if (!bus.ready()) throw new Error('NATS is not connected.');
        return bus.publishErrors.current() ? 'stores nothing' : 'ok';
      },
    }),
  };
  const states = Object.entries(checks).map(async ([name, check]) => {
    const state = withTimeout(check, { ms: READY_TIMEOUTS.processMs }).catch(() => 'does not answer');
    return [name, await state] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}
