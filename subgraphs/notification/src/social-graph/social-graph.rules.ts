import { type EventEnvelope, readEvent } from '@tintype/events';
import { SOCIAL_GRAPH_EVENTS } from '@tintype/schema/events/social-graph';
import type { CauseWord } from '#cause/cause.model.ts';
import type { RelationKind, RelationWord } from '#relation/relation.rules.ts';

export type Told = { words: CauseWord[]; relations: RelationWord[] };

type About = 'FOLLOW' | 'FOLLOW_REQUEST' | 'FOLLOW_ACCEPTED';

const KEYS: Record<About, string> = { FOLLOW: 'follow', FOLLOW_REQUEST: 'request', FOLLOW_ACCEPTED: 'accepted' };

/** @throws UnprocessableEventError */
export function readBatch(events: readonly EventEnvelope[]): Told {
  const told = events.map(read);
  return { words: told.flatMap((one) => one.words), relations: told.flatMap((one) => one.relations) };
}

function read(event: EventEnvelope): Told {
  const [atMs, version] = [BigInt(Date.parse(event.time)), BigInt(event.sequence)];
  const word = (kind: About, recipientId: bigint, actorId: bigint, present: boolean): CauseWord => ({
    recipientId,
    key: `${KEYS[kind]}:${actorId}`,
    kind,
    targetId: recipientId,
    actorId,
    postId: null,
    commentId: null,
    atMs,
    version,
    present,
  });
  const relation = (what: RelationKind, ownerId: bigint, otherId: bigint, isOn: boolean): RelationWord => ({
    ownerId,
    otherId,
    what,
    version,
    isOn,
    atMs,
  });

  const read = readEvent(SOCIAL_GRAPH_EVENTS, event);
  switch (read?.type) {
    case 'tintype.social-graph.follow.created.v1': {
      const { followerId, followeeId, wasRequested } = read.data;
      // Who accepted a request knows of the follow; who asked does not.
      const told = wasRequested
        ? word('FOLLOW_ACCEPTED', followerId, followeeId, true)
        : word('FOLLOW', followeeId, followerId, true);
      return { words: [told], relations: [relation('FOLLOWS', followerId, followeeId, true)] };
    }
    case 'tintype.social-graph.follow.deleted.v1': {
      const { followerId, followeeId } = read.data;
      const words = [
        word('FOLLOW', followeeId, followerId, false),
        word('FOLLOW_ACCEPTED', followerId, followeeId, false),
      ];
      return { words, relations: [relation('FOLLOWS', followerId, followeeId, false)] };
    }
    case 'tintype.social-graph.follow-request.created.v1':
    case 'tintype.social-graph.follow-request.deleted.v1': {
      const isOn = read.type === 'tintype.social-graph.follow-request.created.v1';
      return { words: [word('FOLLOW_REQUEST', read.data.followeeId, read.data.followerId, isOn)], relations: [] };
    }
    case 'tintype.social-graph.block.created.v1':
    case 'tintype.social-graph.block.deleted.v1': {
      const { blockerId, blockedId } = read.data;
      const isOn = read.type === 'tintype.social-graph.block.created.v1';
      return {
        words: [],
        relations: [relation('BLOCKS', blockerId, blockedId, isOn), relation('BLOCKED_BY', blockedId, blockerId, isOn)],
      };
    }
    case 'tintype.social-graph.mute.created.v1':
    case 'tintype.social-graph.mute.deleted.v1': {
      const isOn = read.type === 'tintype.social-graph.mute.created.v1';
      return { words: [], relations: [relation('MUTES', read.data.muterId, read.data.mutedId, isOn)] };
    }
    default:
      return { words: [], relations: [] };
  }
}
