import { setTimeout as sleep } from 'node:timers/promises';
import type { Executor } from '@tintype/postgres';
import type { SubgraphName } from '@tintype/schema/subgraphs';
import type { Log } from '@tintype/telemetry';
import {
  type ConnectionOptions,
  connect,
  Events,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
} from 'nats';
import { createPublishErrors, type PublishErrors } from '#bus/publish-errors.ts';
import { createDeadLetterStore, type DeadLetterStore } from '#dead-letter/dead-letter.repository.ts';

export type EventBus = {
  nc: NatsConnection;
  js: JetStreamClient;
  jsm: JetStreamManager;
  /** The number of copies of each stream in a JetStream cluster. */
  replicas: number;
  deadLetters: DeadLetterStore;
  /** Errors of relays whose events the server does not store. */
  publishErrors: PublishErrors;
  /** The name of an owner's stream, or of one that serves all: `retry`, `exhausted`, `checkpoints`. */
  streamName(name: SubgraphName | ServiceStream): string;
  /** A subject or filter in NATS, with the namespace of this platform as a prefix. */
  subject(name: string): string;
  /** Whether the connection is open now. */
  ready(): boolean;
  /** Calls the listener each time the connection is restored, so that it can create again what the server has lost. */
  onReconnect(listener: () => void): () => void;
  close(): Promise<void>;
};

export type ServiceStream = 'retry' | 'exhausted' | 'checkpoints';

const FIRST_CONNECTION_MS = 15_000;

/**
 * Connects to NATS and stays connected: after the first connection it reconnects for ever, with jitter. Rejects if no
 * server answers within 15 s.
 *
 * @param options.namespace a prefix of every subject and stream, so that several platforms can share a server
 */
export async function connectEvents(options: {
  url: string;
  namespace?: string | undefined;
  replicas?: number;
  /** Where dead letters are stored. */
  pool: Executor;
  log: Log;
}): Promise<EventBus> {
  const { url, namespace = '', replicas = 1, pool, log } = options;
  if (!/^[A-Za-z0-9_-]*$/.test(namespace)) throw new TypeError(`"${namespace}" is no namespace for NATS.`);
  const nc = await connectPatiently({
    servers: url,
    name: `tintype ${process.pid}`,
    timeout: 5000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 10_000,
    maxPingOut: 3,
    ignoreClusterUpdates: false,
  });
  const listeners = new Set<() => void>();
  let standing = true;
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type === Events.Disconnect) {
        standing = false;
        log.warn('The connection to NATS was lost.');
      } else if (status.type === Events.Reconnect) {
        standing = true;
        log.info('The connection to NATS is back.');
        for (const listener of listeners) listener();
      }
    }
  })();
  const prefix = namespace ? `${namespace}.` : '';
  return {
    nc,
    js: nc.jetstream({ timeout: 5000 }),
    // Does not check the account: after a restart, the server may still be loading its streams.
    jsm: await nc.jetstreamManager({ timeout: 5000, checkAPI: false }),
    replicas,
    deadLetters: createDeadLetterStore(pool),
    publishErrors: createPublishErrors(),
    streamName: (name) => (namespace ? `${namespace}__${name}` : name),
    subject: (name) => prefix + name,
    ready: () => standing && !nc.isClosed(),
    onReconnect(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      if (nc.isClosed()) return;
      // Drain waits for a server that may be unavailable. Close does not.
      if (standing) await Promise.race([nc.drain().catch(() => undefined), sleep(2000, undefined, { ref: false })]);
      await nc.close();
    },
  };
}

async function connectPatiently(options: ConnectionOptions): Promise<NatsConnection> {
  const until = Date.now() + FIRST_CONNECTION_MS;
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(200 + Math.random() * 200);
    }
  }
}
