import { type RedisHandle, withRedisTimeout } from '@tintype/redis';
import { counter } from '@tintype/telemetry';
import { type LiveSignal, liveChannel, messageOf } from './live.channel.ts';

export type LivePublisher = {
  /** Announces committed changes. Never rejects, because a client can ask for everything after the last change that it has. */
  signal(changes: readonly { recipientId: bigint; changeId: bigint }[]): Promise<void>;
};

const TIMEOUT_MS = 250;

const lost = counter('notification_live_signals_lost_total', 'Batches of signals that Redis did not accept', []);

export function createLivePublisher(deps: { redis: RedisHandle }): LivePublisher {
  const { redis } = deps;
  const channel = liveChannel(redis);
  return {
    async signal(changes) {
      // The last change of a recipient is enough, because change ids grow.
      const latest = new Map(changes.map((change) => [change.recipientId, change.changeId]));
      if (latest.size === 0) return;
      const signals = Array.from(latest, ([recipientId, changeId]): LiveSignal => {
        return { recipientId: String(recipientId), changeId: String(changeId) };
      });
      await withRedisTimeout(redis.client.publish(channel, messageOf(signals)), TIMEOUT_MS).catch(() => lost.inc());
    },
  };
}
