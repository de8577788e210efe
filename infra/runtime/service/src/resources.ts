import type { EventBus } from '@tintype/events';
import type { Subgraph, SubgraphClient } from '@tintype/graphql';
import { createIdGenerator, type IdGenerator, leaseWorkerId } from '@tintype/ids';
import type { Database } from '@tintype/postgres';
import { connectRedis, type RedisHandle } from '@tintype/redis';
import type { ObjectStore } from '@tintype/s3';
import { createLog, type Log } from '@tintype/telemetry';
import type { PlatformConfig } from './config.ts';
import { type Closeable, closeAll } from './lifecycle.ts';
import type { Worker } from './worker.ts';

/** What a process holds for its subgraphs and workers, whether it runs one of them or all. */
export type Resources = {
  config: PlatformConfig;
  log: Log;
  database: Database;
  redis: RedisHandle;
  bus: EventBus;
  store: ObjectStore;
  ids: IdGenerator;
  /** Aborted when this process's number was lost to another: it must make no more ids and end. */
  idsLost: AbortSignal;
};

/** A subgraph with the workers that own the same data, and what closes connections of its own. */
export type Wired = { subgraph: Subgraph; workers: Worker[]; close?(): Promise<void> };

/** What a subgraph's `wire.ts` exports. */
export type Wire = (resources: Resources & { client: SubgraphClient }) => Promise<Wired> | Wired;

/**
 * Opens every store that the configuration names. What fails to answer fails the start, with its name.
 *
 * @param options.onStatement told the text of each SQL statement, for tests that count them
 */
export async function openResources(
  config: PlatformConfig,
  name: string,
  options: { onStatement?: (text: string) => void } = {},
): Promise<Resources & Closeable> {
  // Loaded where they are opened: a gateway alone opens none of them.
  const [{ createDatabase }, { connectEvents }, { createObjectStore }] = await Promise.all([
    import('@tintype/postgres'),
    import('@tintype/events'),
    import('@tintype/s3'),
  ]);
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
  const database = await open(
    'Postgres',
    Promise.resolve(
      createDatabase({ url: config.databaseUrl, applicationName: name, max: config.databasePool, ...options }),
    ),
  );
  const lease = await open(
    'Postgres',
    leaseWorkerId(database.pool).then((leased) => ({ ...leased, close: () => leased.release() })),
  );
  const redis = await open('Redis', connectRedis({ url: config.redisUrl, namespace: config.namespace, log }));
  const bus = await open(
    'NATS',
    connectEvents({ url: config.natsUrl, namespace: config.namespace, pool: database.pool, log }),
  );
  const store = createObjectStore(config.s3);
  const ids = createIdGenerator({ workerId: lease.workerId });
  return {
    config,
    log,
    database,
    redis,
    bus,
    store,
    ids,
    idsLost: lease.lost,
    async close() {
      store.close();
      await closeAll(opened, log);
    },
  };
}

const READY_TIMEOUT_MS = 1000;

/** State of each store for `/readyz`: `ok`, or that it does not answer. Never rejects, never waits longer than a second. */
export async function checkReady(
  resources: Pick<Resources, 'database' | 'redis' | 'bus'>,
): Promise<Record<string, string>> {
  const { database, redis, bus } = resources;
  const checks = {
    postgres: async () => void (await database.pool.query('SELECT 1')),
    redis: async () => void (await redis.client.ping()),
    nats: async () => {
      if (!bus.ready()) throw new Error('not connected');
    },
  };
  const states = Object.entries(checks).map(async ([name, check]) => {
    const late = new Promise<string>((resolve) => setTimeout(resolve, READY_TIMEOUT_MS, 'does not answer').unref());
    const state = check().then(
      () => 'ok',
      () => 'does not answer',
    );
    return [name, await Promise.race([state, late])] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}
