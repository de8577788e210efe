import type { RedisHandle } from '@tintype/redis';

/** That a recipient's notifications changed, up to this change. Ids are decimal. */
export type LiveSignal = { recipientId: string; changeId: string };

/**
 * The Redis pub/sub channel for the signals of all recipients: a JSON array of several per message. A lost signal does no harm, because
 * `notificationsSince` returns every change.
 */
export function liveChannel(redis: Pick<RedisHandle, 'key'>): string {
  return redis.key('notification:live:v2');
}

/** The message that is published on the channel. */
export function messageOf(signals: readonly LiveSignal[]): string {
  return JSON.stringify(signals);
}

/** Skips malformed signals. */
export function parseSignals(message: string): LiveSignal[] {
  try {
    const signals: unknown = JSON.parse(message);
    return Array.isArray(signals) ? signals.filter(isSignal) : [];
  } catch {
    return [];
  }
}

function isSignal(value: unknown): value is LiveSignal {
  const { recipientId, changeId } = (value ?? {}) as Partial<LiveSignal>;
  return typeof recipientId === 'string' && typeof changeId === 'string';
}
