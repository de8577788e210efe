import type { IdGenerator } from '@tintype/ids';
import { missingRelation, type Relation } from '@tintype/policy';
import type { NeighbourEvents } from './neighbour-events.ts';
import type { WorldPerson } from './world.model.ts';
import { personIn } from './world.people.ts';

type Kind = 'follow' | 'follow-request' | 'block' | 'mute' | 'restriction' | 'close-friend';

export type WorldRelationships = {
  relation(viewerId: bigint | undefined, userId: bigint): Relation;
  /** Also of a private account, whose owner then has accepted. */
  follow(followerId: bigint, followeeId: bigint): Promise<void>;
  unfollow(followerId: bigint, followeeId: bigint): Promise<void>;
  requestFollow(followerId: bigint, followeeId: bigint): Promise<void>;
  /** Ends follows, requests and close friends in both directions. */
  block(blockerId: bigint, blockedId: bigint): Promise<void>;
  unblock(blockerId: bigint, blockedId: bigint): Promise<void>;
  mute(muterId: bigint, mutedId: bigint): Promise<void>;
  unmute(muterId: bigint, mutedId: bigint): Promise<void>;
  restrict(restricterId: bigint, restrictedId: bigint): Promise<void>;
  unrestrict(restricterId: bigint, restrictedId: bigint): Promise<void>;
  addCloseFriend(ownerId: bigint, friendId: bigint): Promise<void>;
  removeCloseFriend(ownerId: bigint, friendId: bigint): Promise<void>;
};

type Created = WorldRelationships & {
  /** Follows as `<who>:<whom>`, in the order in which they began. */
  follows: ReadonlySet<string>;
  /** Ends all relationships in which this person is. */
  endAllOf(id: bigint): Promise<void>;
};

/** Relationships between people, as the social-graph subgraph has them. */
export function createRelationships(deps: {
  ids: IdGenerator;
  publish: NeighbourEvents['publish'];
  people: ReadonlyMap<bigint, WorldPerson>;
}): Created {
  const { ids, publish, people } = deps;
  /** By kind, in the order in which they began: `<who>:<whom>`. */
  const relationships: Record<Kind, Set<string>> = {
    follow: new Set(),
    'follow-request': new Set(),
    block: new Set(),
    mute: new Set(),
    restriction: new Set(),
    'close-friend': new Set(),
  };
  const has = (kind: Kind, who: bigint | undefined, whom: bigint | undefined) =>
    relationships[kind].has(`${who}:${whom}`);

  /** @returns whether it began now */
  const begin = (kind: Kind, who: bigint, whom: bigint): boolean => {
    if (personIn(people, who) === personIn(people, whom))
      throw new RangeError('Nobody has a relationship to themselves.');
    if (has(kind, who, whom)) return false;
    relationships[kind].add(`${who}:${whom}`);
    return true;
  };
  const end = (kind: Kind, who: bigint, whom: bigint): boolean => relationships[kind].delete(`${who}:${whom}`);

  const followOf = (followerId: bigint, followeeId: bigint) => {
    return { followerId: String(followerId), followeeId: String(followeeId) };
  };
  const blockOf = (blockerId: bigint, blockedId: bigint) => {
    return { blockerId: String(blockerId), blockedId: String(blockedId) };
  };
  const muteOf = (muterId: bigint, mutedId: bigint) => ({ muterId: String(muterId), mutedId: String(mutedId) });

  const endFollow = async (who: bigint, whom: bigint): Promise<void> => {
    const data = followOf(who, whom);
    const subject = `${who}:${whom}`;
    if (end('follow', who, whom)) await publish('tintype.social-graph.follow.deleted.v1', subject, data);
    if (end('follow-request', who, whom))
      await publish('tintype.social-graph.follow-request.deleted.v1', subject, data);
  };
  const endBlock = async (blockerId: bigint, blockedId: bigint): Promise<void> => {
    if (!end('block', blockerId, blockedId)) return;
    const data = blockOf(blockerId, blockedId);
    await publish('tintype.social-graph.block.deleted.v1', `${blockerId}:${blockedId}`, data);
  };
  const endMute = async (muterId: bigint, mutedId: bigint): Promise<void> => {
    if (!end('mute', muterId, mutedId)) return;
    await publish('tintype.social-graph.mute.deleted.v1', `${muterId}:${mutedId}`, muteOf(muterId, mutedId));
  };
  const pairsOf = (id: bigint): [bigint, bigint][] => {
    const pairs = new Set(Object.values(relationships).flatMap((ofKind) => [...ofKind]));
    return [...pairs]
      .map((pair): [bigint, bigint] => {
        const [who, whom] = pair.split(':');
        return [BigInt(who!), BigInt(whom!)];
      })
      .filter((pair) => pair.includes(id));
  };

  return {
    follows: relationships.follow,
    relation(viewerId, userId) {
      const person = people.get(userId);
      if (!person || person.state === 'DELETED') return missingRelation(userId);
      return {
        userId,
        isSelf: viewerId === userId,
        exists: person.state === 'ACTIVE',
        isPrivate: person.isPrivate,
        follows: has('follow', viewerId, userId),
        requested: has('follow-request', viewerId, userId),
        followedBy: has('follow', userId, viewerId),
        blocks: has('block', viewerId, userId),
        blockedBy: has('block', userId, viewerId),
        mutes: has('mute', viewerId, userId),
        restricts: has('restriction', viewerId, userId),
        restrictedBy: has('restriction', userId, viewerId),
        hasAsCloseFriend: has('close-friend', viewerId, userId),
        isCloseFriendOf: has('close-friend', userId, viewerId),
      };
    },
    async follow(followerId, followeeId) {
      const wasRequested = end('follow-request', followerId, followeeId);
      if (!begin('follow', followerId, followeeId)) return;
      const data = { ...followOf(followerId, followeeId), followId: String(ids.next()), wasRequested };
      await publish('tintype.social-graph.follow.created.v1', `${followerId}:${followeeId}`, data);
    },
    unfollow: endFollow,
    async requestFollow(followerId, followeeId) {
      if (!begin('follow-request', followerId, followeeId)) return;
      const data = followOf(followerId, followeeId);
      await publish('tintype.social-graph.follow-request.created.v1', `${followerId}:${followeeId}`, data);
    },
    async block(blockerId, blockedId) {
      if (!begin('block', blockerId, blockedId)) return;
      await endFollow(blockerId, blockedId);
      await endFollow(blockedId, blockerId);
      end('close-friend', blockerId, blockedId);
      end('close-friend', blockedId, blockerId);
      const data = blockOf(blockerId, blockedId);
      await publish('tintype.social-graph.block.created.v1', `${blockerId}:${blockedId}`, data);
    },
    unblock: endBlock,
    async mute(muterId, mutedId) {
      if (!begin('mute', muterId, mutedId)) return;
      await publish('tintype.social-graph.mute.created.v1', `${muterId}:${mutedId}`, muteOf(muterId, mutedId));
    },
    unmute: endMute,
    async restrict(restricterId, restrictedId) {
      begin('restriction', restricterId, restrictedId);
    },
    async unrestrict(restricterId, restrictedId) {
      end('restriction', restricterId, restrictedId);
    },
    async addCloseFriend(ownerId, friendId) {
      begin('close-friend', ownerId, friendId);
    },
    async removeCloseFriend(ownerId, friendId) {
      end('close-friend', ownerId, friendId);
    },
    async endAllOf(id) {
      for (const [who, whom] of pairsOf(id)) {
        await endFollow(who, whom);
        await endBlock(who, whom);
        await endMute(who, whom);
        end('restriction', who, whom);
        end('close-friend', who, whom);
      }
    },
  };
}
