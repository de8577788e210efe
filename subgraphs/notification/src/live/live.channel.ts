import type { RedisHandle } from '@tintype/redis';

/** What is said on the channel: whose notifications changed, and the change up to which they can be asked for. Ids are decimal. */
export type LiveSignal = { recipientId: string; changeId: string };

/**
 * The pub/sub channel on which signals of every recipient travel, as JSON. One that is lost is made up for by the next, or by asking
 * again: what happened is in `notificationsSince`.
 */
export function liveChannel(redis: Pick<RedisHandle, 'key'>): string {
  return redis.key('notification:live:v1');
}

/** Null for what is no signal. */
export function parseSignal(message: string): LiveSignal | null {
  try {
    const { recipientId, changeId } = JSON.parse(message) as Partial<LiveSignal>;
    return typeof recipientId === 'string' && typeof changeId === 'string' ? { recipientId, changeId } : null;
  } catch {
    return null;
  }
}
