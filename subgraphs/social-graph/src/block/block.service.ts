import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { deleteCloseFriend } from '#close-friend/close-friend.repository.ts';
import type { SocialGraphPublisher } from '#follow/follow.publisher.ts';
import { endFollow } from '#follow/follow.service.ts';
import type { BlockUserErrorCode, MuteUserErrorCode, RestrictUserErrorCode } from '#generated/graphql.ts';
import { type LockedPerson, lockPeople } from '#person/person.repository.ts';
import type { PersonService } from '#person/person.service.ts';
import { deleteHiding, type Hiding, insertHiding, isKnown } from './block.repository.ts';

export type HidingOutcome = { error: BlockUserErrorCode & MuteUserErrorCode & RestrictUserErrorCode } | null;

/** What else the transaction of a change does. */
type After = (tx: pg.PoolClient) => Promise<void>;
const nothing: After = async () => undefined;

export type BlockService = {
  /** Ends follows and requests in both directions, and removes both people from the other's close friends. */
  block(viewerId: bigint, userId: bigint): Promise<HidingOutcome>;
  unblock(viewerId: bigint, userId: bigint): Promise<HidingOutcome>;
  mute(viewerId: bigint, userId: bigint): Promise<HidingOutcome>;
  unmute(viewerId: bigint, userId: bigint): Promise<HidingOutcome>;
  /** Has no event: nobody but the relations of the two people depends on it. */
  restrict(viewerId: bigint, userId: bigint): Promise<HidingOutcome>;
  unrestrict(viewerId: bigint, userId: bigint): Promise<HidingOutcome>;
};

/**
 * Blocks, mutes and restrictions. Each change locks both people first, so a follow cannot slip in between. Repeats
 * change nothing.
 */
export function createBlockService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  people: PersonService;
  publisher: SocialGraphPublisher;
}): BlockService {
  const { pool, ids, people, publisher } = deps;

  const between = async (
    viewerId: bigint,
    userId: bigint,
    change: (tx: pg.PoolClient, locked: readonly LockedPerson[]) => Promise<HidingOutcome>,
  ): Promise<HidingOutcome> => {
    if (viewerId === userId) return { error: 'SELF_NOT_ALLOWED' };
    await people.ensure([viewerId, userId]);
    return transaction(pool, async (tx) => change(tx, await lockPeople(tx, [viewerId, userId])));
  };

  /** Only somebody who is visible to the viewer: nobody may find out about a block by blocking or muting. */
  const begin = (kind: Hiding, viewerId: bigint, userId: bigint, after: After = nothing) =>
    between(viewerId, userId, async (tx, locked) => {
      if (!(await isKnown(tx, locked, viewerId, userId))) return { error: 'USER_NOT_FOUND' };
      if (await insertHiding(tx, kind, viewerId, userId, ids.next())) await after(tx);
      return null;
    });

  /** Also somebody who is hidden now. If it exists, the viewer knew of them. */
  const end = (kind: Hiding, viewerId: bigint, userId: bigint, after: After = nothing) =>
    between(viewerId, userId, async (tx, locked) => {
      if (await deleteHiding(tx, kind, viewerId, userId)) {
        await after(tx);
        return null;
      }
      return (await isKnown(tx, locked, viewerId, userId)) ? null : { error: 'USER_NOT_FOUND' };
    });

  const blockOf = (viewerId: bigint, userId: bigint) => ({ blockerId: String(viewerId), blockedId: String(userId) });
  const muteOf = (viewerId: bigint, userId: bigint) => ({ muterId: String(viewerId), mutedId: String(userId) });

  return {
    block: (viewerId, userId) =>
      begin('block', viewerId, userId, async (tx) => {
        await endFollow(tx, publisher, { followerId: viewerId, followeeId: userId });
        await endFollow(tx, publisher, { followerId: userId, followeeId: viewerId });
        await deleteCloseFriend(tx, viewerId, userId);
        await deleteCloseFriend(tx, userId, viewerId);
        await publisher.publish(tx, 'tintype.social-graph.block.created.v1', blockOf(viewerId, userId));
      }),
    unblock: (viewerId, userId) =>
      end('block', viewerId, userId, (tx) =>
        publisher.publish(tx, 'tintype.social-graph.block.deleted.v1', blockOf(viewerId, userId)),
      ),
    mute: (viewerId, userId) =>
      begin('mute', viewerId, userId, (tx) =>
        publisher.publish(tx, 'tintype.social-graph.mute.created.v1', muteOf(viewerId, userId)),
      ),
    unmute: (viewerId, userId) =>
      end('mute', viewerId, userId, (tx) =>
        publisher.publish(tx, 'tintype.social-graph.mute.deleted.v1', muteOf(viewerId, userId)),
      ),
    restrict: (viewerId, userId) => begin('restriction', viewerId, userId),
    unrestrict: (viewerId, userId) => end('restriction', viewerId, userId),
  };
}
