import { createConsumer, type EventBus, type EventEnvelope, idOf, type Worker } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import type { SocialGraphEvents } from '@tintype/schema/events/social-graph';
import type { Log } from '@tintype/telemetry';
import type { FollowChange, MuteChange } from './audience.repository.ts';
import type { AudienceService } from './audience.service.ts';

type Type = keyof SocialGraphEvents;

const FOLLOWS: Partial<Record<Type, boolean>> = {
  'tintype.social-graph.follow.created.v1': true,
  'tintype.social-graph.follow.deleted.v1': false,
};
const MUTES: Partial<Record<Type, boolean>> = {
  'tintype.social-graph.mute.created.v1': true,
  'tintype.social-graph.mute.deleted.v1': false,
};

/** Null for events of something else. Blocks need no word of their own: they end follows, and those ends are told. */
export function toFollow({ type, data, sequence }: EventEnvelope): FollowChange | null {
  const follows = FOLLOWS[type as Type];
  if (follows === undefined) return null;
  return {
    authorId: idOf(data, 'followeeId'),
    followerId: idOf(data, 'followerId'),
    follows,
    sinceMs: follows ? BigInt(timestampOf(idOf(data, 'followId'))) : 0n,
    version: BigInt(sequence),
  };
}

export function toMute({ type, data, sequence }: EventEnvelope): MuteChange | null {
  const muted = MUTES[type as Type];
  if (muted === undefined) return null;
  return {
    authorId: idOf(data, 'mutedId'),
    followerId: idOf(data, 'muterId'),
    muted,
    version: BigInt(sequence),
  };
}

/** Keeps the audience: batches of events, one statement each. */
export function createAudienceConsumer(deps: { bus: EventBus; audience: AudienceService; log: Log }): Worker {
  const { bus, audience, log } = deps;
  return createConsumer({
    bus,
    stream: 'social-graph',
    durable: 'feed__audience',
    filter: 'tintype.social-graph.>',
    batchSize: 2000,
    log,
    async handleBatch(events) {
      const follows = events.map(toFollow).filter((change) => change !== null);
      const mutes = events.map(toMute).filter((change) => change !== null);
      if (follows.length + mutes.length > 0) await audience.apply(follows, mutes);
    },
  });
}
