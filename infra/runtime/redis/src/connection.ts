import type { Log } from '@tintype/telemetry';
import { createClient } from 'redis';

function newClient(url: string) {
  return createClient({
    url,
    // RESP2, because its replies have the same shape for all versions of the server.
    RESP: 2,
    // A command that is sent while Redis is unavailable fails at once, because every caller can do without Redis or
    // reports the error.
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
  /** The name in Redis, with the namespace of this platform as a prefix. */
  key(name: string): string;
  close(): Promise<void>;
};

/**
 * Connects and keeps reconnecting. Resolves when Redis has answered for the first time. Later, commands fail while it
 * is unavailable.
 */
export async function connectRedis(options: { url: string; namespace?: string; log: Log }): Promise<RedisHandle> {
  const { url, namespace = '', log } = options;
  const client = newClient(url);
  let away = false;
  client.on('error', (error: Error) => {
    if (!away) log.warn({ error: error.message }, 'Redis is unavailable.');
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info('Redis is available again.');
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
