import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { SocialGraphPublisher } from '#follow/follow.publisher.ts';
import { endFollow } from '#follow/follow.service.ts';
import type { UserErrorCode } from '#generated/graphql.ts';
import { lockPeople } from '#person/person.repository.ts';
import type { PersonService } from '#person/person.service.ts';
import { areBlocked, deleteHiding, insertHiding } from './block.repository.ts';

export type HidingOutcome = { error: UserErrorCode } | null;

export type BlockService = {
  /** Ends follows and requests in both directions. */
  block(viewerId: bigint, userId: bigint): Promise<HidingOutcome>;
  unblock(viewerId: bigint, userId: bigint): Promise<HidingOutcome>;
  mute(viewerId: bigint, userId: bigint): Promise<HidingOutcome>;
  unmute(viewerId: bigint, userId: bigint): Promise<HidingOutcome>;
};

/** Blocks and mutes; each change locks both people first, so that none overtakes a follow. Repeats change nothing. */
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
    change: (tx: pg.PoolClient) => Promise<void>,
  ): Promise<HidingOutcome> => {
    if (viewerId === userId) return { error: 'SELF_NOT_ALLOWED' };
    await people.ensure([viewerId, userId]);
    return transaction(pool, async (tx): Promise<HidingOutcome> => {
      const locked = await lockPeople(tx, [viewerId, userId]);
      if (locked.length < 2 || locked.some((person) => person.hidden)) return { error: 'USER_NOT_FOUND' };
      await change(tx);
      return null;
    });
  };

  return {
    block: (viewerId, userId) =>
      between(viewerId, userId, async (tx) => {
        if (!(await insertHiding(tx, 'block', viewerId, userId, ids.next()))) return;
        await endFollow(tx, publisher, { followerId: viewerId, followeeId: userId });
        await endFollow(tx, publisher, { followerId: userId, followeeId: viewerId });
        const data = { blockerId: String(viewerId), blockedId: String(userId) };
        await publisher.tell(tx, 'tintype.social-graph.block.created.v1', data);
      }),

    unblock: (viewerId, userId) =>
      between(viewerId, userId, async (tx) => {
        if (!(await deleteHiding(tx, 'block', viewerId, userId))) return;
        const data = { blockerId: String(viewerId), blockedId: String(userId) };
        await publisher.tell(tx, 'tintype.social-graph.block.deleted.v1', data);
      }),

    async mute(viewerId, userId) {
      // Who is blocked by someone must not find out through a mute either.
      if ((await areBlocked(pool, viewerId, userId)).byOther) return { error: 'USER_NOT_FOUND' };
      return between(viewerId, userId, async (tx) => {
        if (!(await insertHiding(tx, 'mute', viewerId, userId, ids.next()))) return;
        const data = { muterId: String(viewerId), mutedId: String(userId) };
        await publisher.tell(tx, 'tintype.social-graph.mute.created.v1', data);
      });
    },

    unmute: (viewerId, userId) =>
      between(viewerId, userId, async (tx) => {
        if (!(await deleteHiding(tx, 'mute', viewerId, userId))) return;
        const data = { muterId: String(viewerId), mutedId: String(userId) };
        await publisher.tell(tx, 'tintype.social-graph.mute.deleted.v1', data);
      }),
  };
}
