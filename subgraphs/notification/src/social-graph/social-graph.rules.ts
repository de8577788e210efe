import { booleanOf, type EventEnvelope, idOf } from '@tintype/events';
import type { SocialGraphEvents } from '@tintype/schema/events/social-graph';
import type { CauseWord } from '#cause/cause.model.ts';
import type { RelationKind, RelationWord } from '#relation/relation.rules.ts';

export type Told = { words: CauseWord[]; relations: RelationWord[] };

type Type = keyof SocialGraphEvents;
type About = 'FOLLOW' | 'FOLLOW_REQUEST' | 'FOLLOW_ACCEPTED';

const KEYS: Record<About, string> = { FOLLOW: 'follow', FOLLOW_REQUEST: 'request', FOLLOW_ACCEPTED: 'accepted' };

/** @throws UnprocessableEventError */
export function readBatch(events: readonly EventEnvelope[]): Told {
  const told = events.map(read);
  return { words: told.flatMap((one) => one.words), relations: told.flatMap((one) => one.relations) };
}

function read(event: EventEnvelope): Told {
  const data = event.data as object;
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

  const type = event.type as Type;
  switch (type) {
    case 'tintype.social-graph.follow.created.v1':
    case 'tintype.social-graph.follow.deleted.v1': {
      const [follower, followee] = [idOf(data, 'followerId'), idOf(data, 'followeeId')];
      const isOn = type === 'tintype.social-graph.follow.created.v1';
      // Who accepted a request knows of the follow; who asked does not.
      const wasRequested = isOn && booleanOf(data, 'wasRequested');
      const words = [
        word('FOLLOW', followee, follower, isOn),
        word('FOLLOW_ACCEPTED', follower, followee, isOn),
      ].filter(({ kind }) => !isOn || (kind === 'FOLLOW_ACCEPTED') === wasRequested);
      return { words, relations: [relation('FOLLOWS', follower, followee, isOn)] };
    }
    case 'tintype.social-graph.follow-request.created.v1':
    case 'tintype.social-graph.follow-request.deleted.v1': {
      const isOn = type === 'tintype.social-graph.follow-request.created.v1';
      return {
        words: [word('FOLLOW_REQUEST', idOf(data, 'followeeId'), idOf(data, 'followerId'), isOn)],
        relations: [],
      };
    }
    case 'tintype.social-graph.block.created.v1':
    case 'tintype.social-graph.block.deleted.v1': {
      const [blocker, blocked] = [idOf(data, 'blockerId'), idOf(data, 'blockedId')];
      const isOn = type === 'tintype.social-graph.block.created.v1';
      return {
        words: [],
        relations: [relation('BLOCKS', blocker, blocked, isOn), relation('BLOCKED_BY', blocked, blocker, isOn)],
      };
    }
    case 'tintype.social-graph.mute.created.v1':
    case 'tintype.social-graph.mute.deleted.v1': {
      const isOn = type === 'tintype.social-graph.mute.created.v1';
      return { words: [], relations: [relation('MUTES', idOf(data, 'muterId'), idOf(data, 'mutedId'), isOn)] };
    }
    default:
      return { words: [], relations: [] };
  }
}
