import { addErasedPerson, type ErasureStep } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { ExploreStore } from '#explore/explore.store.ts';
import { deleteFollows, lockReader } from '#hashtag/hashtag-follow.repository.ts';
import type { TimelineStore } from '#timeline/timeline.store.ts';

/**
 * Deletes the feed data of a reader whose account is deleted. Their posts and follows are removed by the events of the
 * owners, which leave tombstones.
 */
export function createErasureSteps(deps: {
  pool: pg.Pool;
  timelines: Pick<TimelineStore, 'delete'>;
  explore: Pick<ExploreStore, 'forget'>;
}): ErasureStep[] {
  const { pool, timelines, explore } = deps;
  /** A step without pages. */
  const once = (work: (userId: bigint) => Promise<void>) => async (userId: bigint) => {
    await work(userId);
    return 0;
  };
  return [
    { name: 'mark', next: once((userId) => addErasedPerson(pool, 'feed', userId)) },
    {
      name: 'hashtag follows',
      next: (userId, limit) =>
        transaction(pool, async (tx) => {
          await lockReader(tx, userId);
          return deleteFollows(tx, userId, limit);
        }),
    },
    { name: 'timeline', next: once((userId) => timelines.delete({ home: userId })) },
    { name: 'explore', next: once(explore.forget) },
  ];
}
