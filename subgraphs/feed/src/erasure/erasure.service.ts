import { type ErasureStep, noteErased } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { ExploreStore } from '#explore/explore.store.ts';
import { deleteFollows, lockReader } from '#hashtag/hashtag-follow.repository.ts';
import type { TimelineStore } from '#timeline/timeline.store.ts';

/**
 * What the feed has of a reader whose account is deleted. Their posts and follows go by the events of the owners of these: of them are
 * left rows that say that they ended.
 */
export function createErasureSteps(deps: {
  pool: pg.Pool;
  timelines: Pick<TimelineStore, 'drop'>;
  explore: Pick<ExploreStore, 'forget'>;
}): ErasureStep[] {
  const { pool, timelines, explore } = deps;
  /** Of which there is no page. */
  const once = (work: (userId: bigint) => Promise<void>) => async (userId: bigint) => {
    await work(userId);
    return 0;
  };
  return [
    { name: 'mark', next: once((userId) => noteErased(pool, 'feed', userId)) },
    {
      name: 'hashtag follows',
      next: (userId, limit) =>
        transaction(pool, async (tx) => {
          await lockReader(tx, userId);
          return deleteFollows(tx, userId, limit);
        }),
    },
    { name: 'timeline', next: once((userId) => timelines.drop({ home: userId })) },
    { name: 'explore', next: once(explore.forget) },
  ];
}
