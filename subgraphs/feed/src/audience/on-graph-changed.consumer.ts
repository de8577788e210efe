import { createConsumer, type EventBus, type EventEnvelope, type Worker } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import type { SocialGraphEvents } from '@tintype/schema/events/social-graph';
import type { Log } from '@tintype/telemetry';
import type { FollowChange, MuteChange } from './audience.repository.ts';
import type { AudienceService } from './audience.service.ts';

const PREFIX = 'tintype.social-graph.';
type Data<Type extends keyof SocialGraphEvents> = SocialGraphEvents[Type];

/** Blocks need no word of their own: they end follows, and those ends are told. */
function toFollow({ type, data, sequence }: EventEnvelope): FollowChange | null {
  if (type !== `${PREFIX}follow.created.v1` && type !== `${PREFIX}follow.deleted.v1`) return null;
  const { followerId, followeeId, followId } = data as Partial<Data<'tintype.social-graph.follow.created.v1'>>;
  return {
    authorId: BigInt(followeeId!),
    followerId: BigInt(followerId!),
    follows: type.endsWith('created.v1'),
    sinceMs: followId ? BigInt(timestampOf(BigInt(followId))) : 0n,
    version: BigInt(sequence),
  };
}

function toMute({ type, data, sequence }: EventEnvelope): MuteChange | null {
  if (type !== `${PREFIX}mute.created.v1` && type !== `${PREFIX}mute.deleted.v1`) return null;
  const { muterId, mutedId } = data as Data<'tintype.social-graph.mute.created.v1'>;
  return {
    authorId: BigInt(mutedId),
    followerId: BigInt(muterId),
    muted: type.endsWith('created.v1'),
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
    batchSize: 1000,
    log,
    async handleBatch(events) {
      const follows = events.map(toFollow).filter((change) => change !== null);
      const mutes = events.map(toMute).filter((change) => change !== null);
      if (follows.length + mutes.length > 0) await audience.apply(follows, mutes);
    },
  });
}
