import { createConsumer, type EventBus, type EventEnvelope, readEvent, type Worker } from '@tintype/events';
import { timestampOf } from '@tintype/ids';
import { SOCIAL_GRAPH_EVENTS } from '@tintype/schema/events/social-graph';
import type { Log } from '@tintype/telemetry';
import type { FollowChange, MuteChange } from './audience.repository.ts';
import type { AudienceService } from './audience.service.ts';

type Changes = { follows: FollowChange[]; mutes: MuteChange[] };

/**
 * The changes that a batch of events makes. Blocks need no handling, because they end follows, which have their own
 * events.
 *
 * @throws UnprocessableEventError
 */
export function toChanges(events: readonly EventEnvelope[]): Changes {
  const changes: Changes = { follows: [], mutes: [] };
  for (const event of events) {
    const version = BigInt(event.sequence);
    const read = readEvent(SOCIAL_GRAPH_EVENTS, event);
    switch (read?.type) {
      case 'tintype.social-graph.follow.created.v1': {
        const { followeeId, followerId, followId } = read.data;
        const sinceMs = BigInt(timestampOf(followId));
        changes.follows.push({ authorId: followeeId, followerId, follows: true, sinceMs, version });
        break;
      }
      case 'tintype.social-graph.follow.deleted.v1': {
        const { followeeId, followerId } = read.data;
        changes.follows.push({ authorId: followeeId, followerId, follows: false, sinceMs: 0n, version });
        break;
      }
      case 'tintype.social-graph.mute.created.v1':
      case 'tintype.social-graph.mute.deleted.v1': {
        const muted = read.type === 'tintype.social-graph.mute.created.v1';
        changes.mutes.push({ authorId: read.data.mutedId, followerId: read.data.muterId, muted, version });
      }
    }
  }
  return changes;
}

/** Maintains the audience, with one statement per batch of events. */
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
      const { follows, mutes } = toChanges(events);
      if (follows.length + mutes.length > 0) await audience.apply(follows, mutes);
    },
  });
}
