import { parseSignals, type RedisHandle, signalChannel } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';

/** Receives the signals of all processes. */
export type Signals = { close(): Promise<void> };

/**
 * Subscribes over a connection of its own, one per process, and again when Redis comes back. Resolves when it has
 * subscribed.
 *
 * @param options.owners the subgraphs whose signals are received
 * @param options.onGap called when signals arrive again after a gap, in which signals were lost
 */
export async function subscribeSignals(options: {
  redis: RedisHandle;
  owners: ReadonlySet<string>;
  onSignal: (owner: string, subject: string, version: string) => void;
  onGap: () => void;
  log: Log;
}): Promise<Signals> {
  const { redis, owners, onSignal, onGap, log } = options;
  const client = redis.client.duplicate();
  // The connection that this one duplicates reports that Redis is unavailable.
  client.on('error', (error: Error) => log.debug({ error }, 'The connection for signals was lost.'));
  await client.connect();
  for (const owner of owners) {
    await client.subscribe(signalChannel(redis, owner), (message) => {
      for (const { subject, version } of parseSignals(message)) onSignal(owner, subject, version);
    });
  }
  client.on('ready', onGap);
  return {
    async close() {
      client.destroy();
    },
  };
}
