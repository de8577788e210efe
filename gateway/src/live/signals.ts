import { parseSignals, type RedisHandle, signalChannel } from '@tintype/redis';
import type { Log } from '@tintype/telemetry';

/** Receives the signals of all processes. */
export type Signals = { close(): Promise<void> };

/**
 * Listens on a connection of its own, one for the process, and goes on listening when Redis comes back. Resolves when it listens.
 *
 * @param options.owners the subgraphs whose signals are received
 * @param options.onGap called when it receives signals again: those in between were lost
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
  // That Redis is away is said by the connection this one is a copy of.
  client.on('error', (error: Error) => log.debug({ error }, 'the connection for signals is away'));
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
