import { counter } from '@tintype/telemetry';
import { withRedisTimeout } from './call.ts';
import type { RedisHandle } from './connection.ts';

/**
 * Says that something that clients subscribe to has changed: its subject, such as the decimal ID of a post, and its
 * version after the change. A signal is a hint and may be lost: its receiver asks the owner of the data what changed.
 */
export type Signal = { subject: string; version: string };

export type SignalPublisher = {
  /** Call it after the change is committed. Never rejects. */
  publish(signals: readonly Signal[]): Promise<void>;
};

const TIMEOUT_MS = 250;

/** @param options.owner the subgraph that owns the data */
export function createSignalPublisher(options: { redis: RedisHandle; owner: string }): SignalPublisher {
  const { redis, owner } = options;
  const lost = counter('tintype_live_signals_lost_total', 'Batches of signals that Redis did not accept', ['owner']);
  const channel = signalChannel(redis, owner);
  return {
    async publish(signals) {
      if (signals.length === 0) return;
      // The last signal about a subject makes those before it redundant.
      const latest = [...new Map(signals.map((signal) => [signal.subject, signal])).values()];
      const published = redis.client.publish(channel, JSON.stringify(latest));
      await withRedisTimeout(published, TIMEOUT_MS).catch(() => lost.inc({ owner }));
    },
  };
}

/** The pub/sub channel for all signals of an owner. A message has several signals. */
export function signalChannel(redis: Pick<RedisHandle, 'key'>, owner: string): string {
  return redis.key(`${owner}:live:v3`);
}

/** Ignores anything that is not a signal. */
export function parseSignals(message: string): Signal[] {
  try {
    const signals: unknown = JSON.parse(message);
    return Array.isArray(signals) ? signals.filter(isSignal) : [];
  } catch {
    return [];
  }
}

function isSignal(value: unknown): value is Signal {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'subject' in value && typeof value.subject === 'string' && 'version' in value && typeof value.version === 'string'
  );
}
