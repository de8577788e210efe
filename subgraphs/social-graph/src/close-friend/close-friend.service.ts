import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { areBlocked, isKnown } from '#block/block.repository.ts';
import type { AddCloseFriendErrorCode, RemoveCloseFriendErrorCode } from '#generated/graphql.ts';
import { lockPeople } from '#person/person.repository.ts';
import type { PersonService } from '#person/person.service.ts';
import { MAX_CLOSE_FRIENDS } from '../limits.ts';
import { countCloseFriends, deleteCloseFriend, insertCloseFriend, isCloseFriend } from './close-friend.repository.ts';

export type CloseFriendService = {
  /** Repeats change nothing. */
  add(ownerId: bigint, userId: bigint): Promise<{ error: AddCloseFriendErrorCode } | null>;
  /** Also somebody who is hidden now. Repeats change nothing. */
  remove(ownerId: bigint, userId: bigint): Promise<{ error: RemoveCloseFriendErrorCode } | null>;
};

/**
 * The lists of close friends. A change locks both people first, so that a block cannot slip in between and the limit
 * holds. There are no events: who sees a post is decided by the relation at the time of reading, so a removed friend
 * sees nothing more at once.
 */
export function createCloseFriendService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  people: PersonService;
}): CloseFriendService {
  const { pool, ids, people } = deps;
  return {
    async add(ownerId, userId) {
      if (ownerId === userId) return { error: 'SELF_NOT_ALLOWED' };
      await people.ensure([ownerId, userId]);
      return transaction(pool, async (tx): Promise<{ error: AddCloseFriendErrorCode } | null> => {
        const locked = await lockPeople(tx, [ownerId, userId]);
        if (!(await isKnown(tx, locked, ownerId, userId))) return { error: 'USER_NOT_FOUND' };
        if ((await areBlocked(tx, ownerId, userId)).bySelf) return { error: 'USER_BLOCKED' };
        if (await isCloseFriend(tx, ownerId, userId)) return null;
        if ((await countCloseFriends(tx, ownerId)) >= MAX_CLOSE_FRIENDS) return { error: 'CLOSE_FRIEND_LIMIT_REACHED' };
        await insertCloseFriend(tx, ownerId, userId, ids.next());
        return null;
      });
    },

    async remove(ownerId, userId) {
      if (ownerId === userId) return { error: 'SELF_NOT_ALLOWED' };
      await people.ensure([ownerId, userId]);
      return transaction(pool, async (tx) => {
        const locked = await lockPeople(tx, [ownerId, userId]);
        if (await deleteCloseFriend(tx, ownerId, userId)) return null;
        return (await isKnown(tx, locked, ownerId, userId)) ? null : { error: 'USER_NOT_FOUND' };
      });
    },
  };
}
