import { inTime, type RedisHandle } from '@tintype/redis';
import { counter } from '@tintype/telemetry';
import { type LiveSignal, liveChannel, messageOf } from './live.channel.ts';

export type LivePublisher = {
  /** Says whose notifications changed, after the change is committed. Never rejects: who listens asks from where they were. */
  signal(changes: readonly { recipientId: bigint; changeId: bigint }[]): Promise<void>;
};

const TIMEOUT_MS = 250;

const lost = counter('notification_live_signals_lost_total', 'Batches of signals that Redis did not take', []);

export function createLivePublisher(deps: { redis: RedisHandle }): LivePublisher {
  const { redis } = deps;
  const channel = liveChannel(redis);
  return {
    async signal(changes) {
      // Of one recipient the last change says all: changes before it are below it.
      const newest = new Map(changes.map((change) => [change.recipientId, change.changeId]));
      if (newest.size === 0) return;
      const signals = Array.from(newest, ([recipientId, changeId]): LiveSignal => {
        return { recipientId: String(recipientId), changeId: String(changeId) };
      });
      await inTime(redis.client.publish(channel, messageOf(signals)), TIMEOUT_MS).catch(() => lost.inc());
    },
  };
}
