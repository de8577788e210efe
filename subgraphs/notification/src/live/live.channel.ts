import type { RedisHandle } from '@tintype/redis';

/** What is said on the channel: whose notifications changed, and the change up to which they can be asked for. Ids are decimal. */
export type LiveSignal = { recipientId: string; changeId: string };

/**
 * The pub/sub channel on which signals of every recipient travel, several in a message, as JSON. One that is lost is made up for by the
 * next, or by asking again: what happened is in `notificationsSince`.
 */
export function liveChannel(redis: Pick<RedisHandle, 'key'>): string {
  return redis.key('notification:live:v2');
}

/** What is published on the channel. */
export function messageOf(signals: readonly LiveSignal[]): string {
  return JSON.stringify(signals);
}

/** Without what is no signal. */
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
