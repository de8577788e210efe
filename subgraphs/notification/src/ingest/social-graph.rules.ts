import { type EventEnvelope, readEvent } from '@tintype/events';
import { SOCIAL_GRAPH_EVENTS } from '@tintype/schema/events/social-graph';
import type { ActivityChange } from '#activity/activity.model.ts';
import type { RelationshipChange, RelationshipKind } from '#projection/relationship.rules.ts';

export type SocialGraphChanges = { activities: ActivityChange[]; relationships: RelationshipChange[] };

type SocialKind = 'FOLLOW' | 'FOLLOW_REQUEST' | 'FOLLOW_ACCEPTED';

const KEY_PREFIXES: Record<SocialKind, string> = {
  FOLLOW: 'follow',
  FOLLOW_REQUEST: 'request',
  FOLLOW_ACCEPTED: 'accepted',
};

/** @throws UnprocessableEventError */
export function readBatch(events: readonly EventEnvelope[]): SocialGraphChanges {
  const changes = events.map(readOne);
  return {
    activities: changes.flatMap((one) => one.activities),
    relationships: changes.flatMap((one) => one.relationships),
  };
}

function readOne(event: EventEnvelope): SocialGraphChanges {
  const [atMs, version] = [BigInt(Date.parse(event.time)), BigInt(event.sequence)];
  const activity = (kind: SocialKind, recipientId: bigint, actorId: bigint, present: boolean): ActivityChange => ({
    recipientId,
    key: `${KEY_PREFIXES[kind]}:${actorId}`,
    kind,
    targetId: recipientId,
    actorId,
    postId: null,
    commentId: null,
    atMs,
    version,
    present,
  });
  const relationship = (
    kind: RelationshipKind,
    personId: bigint,
    otherId: bigint,
    isActive: boolean,
  ): RelationshipChange => ({
    personId,
    otherId,
    kind,
    version,
    isActive,
    atMs,
  });

  const read = readEvent(SOCIAL_GRAPH_EVENTS, event);
  switch (read?.type) {
    case 'tintype.social-graph.follow.created.v1': {
      const { followerId, followeeId, wasRequested } = read.data;
      // The person who accepted a request knows about the follow; the person who asked does not.
      const change = wasRequested
        ? activity('FOLLOW_ACCEPTED', followerId, followeeId, true)
        : activity('FOLLOW', followeeId, followerId, true);
      return { activities: [change], relationships: [relationship('FOLLOWS', followerId, followeeId, true)] };
    }
    case 'tintype.social-graph.follow.deleted.v1': {
      const { followerId, followeeId } = read.data;
      const activities = [
        activity('FOLLOW', followeeId, followerId, false),
        activity('FOLLOW_ACCEPTED', followerId, followeeId, false),
      ];
      return { activities, relationships: [relationship('FOLLOWS', followerId, followeeId, false)] };
    }
    case 'tintype.social-graph.follow-request.created.v1':
    case 'tintype.social-graph.follow-request.deleted.v1': {
      const isActive = read.type === 'tintype.social-graph.follow-request.created.v1';
      return {
        activities: [activity('FOLLOW_REQUEST', read.data.followeeId, read.data.followerId, isActive)],
        relationships: [],
      };
    }
    case 'tintype.social-graph.block.created.v1':
    case 'tintype.social-graph.block.deleted.v1': {
      const { blockerId, blockedId } = read.data;
      const isActive = read.type === 'tintype.social-graph.block.created.v1';
      return {
        activities: [],
        relationships: [
          relationship('BLOCKS', blockerId, blockedId, isActive),
          relationship('BLOCKED_BY', blockedId, blockerId, isActive),
        ],
      };
    }
    case 'tintype.social-graph.mute.created.v1':
    case 'tintype.social-graph.mute.deleted.v1': {
      const isActive = read.type === 'tintype.social-graph.mute.created.v1';
      return { activities: [], relationships: [relationship('MUTES', read.data.muterId, read.data.mutedId, isActive)] };
    }
    default:
      return { activities: [], relationships: [] };
  }
}
