import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { PinPostErrorCode, UnpinPostErrorCode } from '#generated/graphql.ts';
import { MAX_PINNED } from '../limits.ts';
import { countOtherPins, setPinned } from './pin.repository.ts';

export type PinService = {
  /** Pins a published post of the author. A post that is pinned keeps its place. @returns the error, or null */
  pin(authorId: bigint, postId: bigint): Promise<PinPostErrorCode | null>;
  /** Repeats change nothing. */
  unpin(authorId: bigint, postId: bigint): Promise<UnpinPostErrorCode | null>;
};

export function createPinService({ pool }: { pool: pg.Pool }): PinService {
  return {
    pin: (authorId, postId) =>
      transaction(pool, async (tx): Promise<PinPostErrorCode | null> => {
        if ((await countOtherPins(tx, authorId, postId)) >= MAX_PINNED) return 'TOO_MANY_PINS';
        return (await setPinned(tx, authorId, postId, true)) ? null : 'POST_NOT_FOUND';
      }),
    unpin: async (authorId, postId) => ((await setPinned(pool, authorId, postId, false)) ? null : 'POST_NOT_FOUND'),
  };
}
