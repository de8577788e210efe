import type { IdGenerator } from '@tintype/ids';
import { NEW_ACCOUNT_LIMITS } from '@tintype/policy';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { areBlocked, isKnown } from '#block/block.repository.ts';
import type {
  AcceptFollowRequestErrorCode,
  DeclineFollowRequestErrorCode,
  FollowState,
  FollowUserErrorCode,
  RemoveFollowerErrorCode,
  UnfollowUserErrorCode,
} from '#generated/graphql.ts';
import { lockPeople, moveCounts } from '#person/person.repository.ts';
import type { PersonService } from '#person/person.service.ts';
import { MAX_FOLLOWING } from '../limits.ts';
import type { SocialGraphPublisher } from './follow.publisher.ts';
import {
  countRecentFollows,
  deleteFollow,
  deleteRequest,
  follows,
  insertFollow,
  insertRequest,
} from './follow.repository.ts';

export type FollowOutcome<Code> = { state: FollowState } | { error: Code };

export type FollowService = {
  /** Follows a person, or requests to follow a private account. Repeats change nothing. */
  follow(followerId: bigint, followeeId: bigint): Promise<FollowOutcome<FollowUserErrorCode>>;
  /** Ends a follow or withdraws a request. Repeats change nothing. */
  unfollow(followerId: bigint, followeeId: bigint): Promise<FollowOutcome<UnfollowUserErrorCode>>;
  /** Turns the request of `followerId` into a follow. */
  accept(followeeId: bigint, followerId: bigint): Promise<{ error: AcceptFollowRequestErrorCode } | null>;
  /** Ends the follow of `followerId`, or withdraws the request. Repeats change nothing. */
  remove(followeeId: bigint, followerId: bigint): Promise<{ error: RemoveFollowerErrorCode } | null>;
  decline(followeeId: bigint, followerId: bigint): Promise<{ error: DeclineFollowRequestErrorCode } | null>;
};

type Pair = { followerId: bigint; followeeId: bigint };

/**
 * Every change locks both people first, in the order of their ids. So changes between two people happen one after
 * another, counts change together with the rows, and events of a pair are published in commit order. Concurrent follows
 * by one person wait for each other for a few milliseconds each.
 */
export function createFollowService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  people: PersonService;
  publisher: SocialGraphPublisher;
  /** Whether an account is in its first days. */
  isNew(userId: bigint): boolean;
}): FollowService {
  const { pool, ids, people, publisher, isNew } = deps;

  const begin = async (tx: pg.PoolClient, pair: Pair, wasRequested: boolean): Promise<void> => {
    const id = ids.next();
    if (!(await insertFollow(tx, pair, id))) return;
    await moveCounts(tx, pair.followerId, pair.followeeId, 1);
    const data = { ...asText(pair), followId: String(id), wasRequested };
    await publisher.publish(tx, 'tintype.social-graph.follow.created.v1', data);
  };

  const dropRequest = async (tx: pg.PoolClient, pair: Pair): Promise<boolean> => {
    if (!(await deleteRequest(tx, pair))) return false;
    await publisher.publish(tx, 'tintype.social-graph.follow-request.deleted.v1', asText(pair));
    return true;
  };

  return {
    async follow(followerId, followeeId) {
      if (followerId === followeeId) return { error: 'SELF_NOT_ALLOWED' };
      await people.ensure([followerId, followeeId]);
      const pair = { followerId, followeeId };
      return transaction(pool, async (tx): Promise<FollowOutcome<FollowUserErrorCode>> => {
        const locked = await lockPeople(tx, [followerId, followeeId]);
        const [follower, followee] = [followerId, followeeId].map((id) => locked.find((one) => one.userId === id));
        if (!follower || !followee || follower.hidden || followee.hidden) return { error: 'USER_NOT_FOUND' };
        const blocked = await areBlocked(tx, followerId, followeeId);
        if (blocked.byOther) return { error: 'USER_NOT_FOUND' };
        if (blocked.bySelf) return { error: 'USER_BLOCKED' };
        if (await follows(tx, pair)) return { state: 'FOLLOWING' };
        if (follower.followingCount >= MAX_FOLLOWING) return { error: 'FOLLOW_LIMIT_REACHED' };
        if (isNew(followerId) && (await countRecentFollows(tx, followerId)) >= NEW_ACCOUNT_LIMITS.follows)
          return { error: 'TOO_MANY_FOLLOWS' };
        if (followee.isPrivate) {
          if (await insertRequest(tx, pair, ids.next())) {
            await publisher.publish(tx, 'tintype.social-graph.follow-request.created.v1', asText(pair));
          }
          return { state: 'REQUESTED' };
        }
        await dropRequest(tx, pair);
        await begin(tx, pair, false);
        return { state: 'FOLLOWING' };
      });
    },

    async unfollow(followerId, followeeId) {
      if (followerId === followeeId) return { error: 'SELF_NOT_ALLOWED' };
      await people.ensure([followeeId]);
      return transaction(pool, async (tx): Promise<FollowOutcome<UnfollowUserErrorCode>> => {
        const locked = await lockPeople(tx, [followerId, followeeId]);
        // A follow can be ended even if the account is hidden now. The result depends on whether the account exists
        // only if nothing was ended.
        if (await endFollow(tx, publisher, { followerId, followeeId })) return { state: 'NOT_FOLLOWING' };
        return (await isKnown(tx, locked, followerId, followeeId))
          ? { state: 'NOT_FOLLOWING' }
          : { error: 'USER_NOT_FOUND' };
      });
    },

    accept: (followeeId, followerId) =>
      transaction(pool, async (tx) => {
        const locked = await lockPeople(tx, [followerId, followeeId]);
        if (locked.some(({ hidden }) => hidden)) return { error: 'FOLLOW_REQUEST_NOT_FOUND' };
        if (!(await dropRequest(tx, { followerId, followeeId }))) return { error: 'FOLLOW_REQUEST_NOT_FOUND' };
        await begin(tx, { followerId, followeeId }, true);
        return null;
      }),

    async remove(followeeId, followerId) {
      if (followerId === followeeId) return { error: 'SELF_NOT_ALLOWED' };
      await people.ensure([followerId]);
      return transaction(pool, async (tx): Promise<{ error: RemoveFollowerErrorCode } | null> => {
        const locked = await lockPeople(tx, [followerId, followeeId]);
        if (await endFollow(tx, publisher, { followerId, followeeId })) return null;
        return (await isKnown(tx, locked, followeeId, followerId)) ? null : { error: 'USER_NOT_FOUND' };
      });
    },

    decline: (followeeId, followerId) =>
      transaction(pool, async (tx) => {
        await lockPeople(tx, [followerId, followeeId]);
        return (await dropRequest(tx, { followerId, followeeId })) ? null : { error: 'FOLLOW_REQUEST_NOT_FOUND' };
      }),
  };
}

function asText({ followerId, followeeId }: Pair): { followerId: string; followeeId: string } {
  return { followerId: String(followerId), followeeId: String(followeeId) };
}

/** Ends a follow or a request in a transaction that has locked both people. @returns whether there was one */
export async function endFollow(tx: pg.PoolClient, publisher: SocialGraphPublisher, pair: Pair): Promise<boolean> {
  const followed = await deleteFollow(tx, pair);
  if (followed) {
    await moveCounts(tx, pair.followerId, pair.followeeId, -1);
    await publisher.publish(tx, 'tintype.social-graph.follow.deleted.v1', asText(pair));
  }
  const requested = await deleteRequest(tx, pair);
  if (requested) await publisher.publish(tx, 'tintype.social-graph.follow-request.deleted.v1', asText(pair));
  return followed || requested;
}
