import type { Log } from '@tintype/telemetry';
import { createClient } from 'redis';

function newClient(url: string) {
  return createClient({
    url,
    // RESP2: replies have one shape, whatever the server's version.
    RESP: 2,
    // A command sent while Redis is away fails at once: its reader has a path without Redis.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 50_000,
    socket: {
      connectTimeout: 1000,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000) * (0.5 + Math.random() / 2),
    },
    commandOptions: { timeout: 2000 },
  });
}

export type RedisClient = ReturnType<typeof newClient>;

export type RedisHandle = {
  client: RedisClient;
  /** The name as it is in Redis: with the namespace of this platform in front. */
  key(name: string): string;
  close(): Promise<void>;
};

/**
 * Connects and keeps reconnecting. Resolves once Redis answered the first time; afterwards commands fail while it is away.
 */
export async function connectRedis(options: { url: string; namespace?: string; log: Log }): Promise<RedisHandle> {
  const { url, namespace = '', log } = options;
  const client = newClient(url);
  let away = false;
  client.on('error', (error: Error) => {
    if (!away) log.warn({ error: error.message }, 'Redis is away');
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info('Redis is back');
    away = false;
  });
  await client.connect();
  const prefix = namespace ? `${namespace}:` : '';
  return {
    client,
    key: (name) => `${prefix}${name}`,
    async close() {
      if (client.isReady) await client.close();
      else client.destroy();
    },
  };
}
