import { parseSignals, type RedisHandle, signalChannel } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';

/** Hears whose notifications changed. */
export type Signals = { close(): Promise<void> };

/**
 * Listens on a connection of its own, one for the process, and goes on listening when Redis comes back. Resolves when it listens.
 *
 * @param options.onSignal told the recipient and the change, both decimal
 * @param options.onGap told when it listens again: what was said in between it did not hear
 */
export async function subscribeSignals(options: {
  redis: RedisHandle;
  onSignal: (recipientId: string, changeId: string) => void;
  onGap: () => void;
  log: Log;
}): Promise<Signals> {
  const { redis, onSignal, onGap, log } = options;
  const client = redis.client.duplicate();
  // That Redis is away is said by the connection this one is a copy of.
  client.on('error', (error: Error) => log.debug({ error }, 'the connection for signals is away'));
  await client.connect();
  await client.subscribe(signalChannel(redis, 'notification'), (message) => {
    for (const { subject, version } of parseSignals(message)) onSignal(subject, version);
  });
  client.on('ready', onGap);
  return {
    async close() {
      client.destroy();
    },
  };
}
