import { type Executor, query, statement } from '@tintype/postgres';
import type { Log } from '@tintype/telemetry';
import type { RebuildService } from '#timeline/rebuild.service.ts';
import type { TimelineStore } from '#timeline/timeline.store.ts';
import { isHidden, listEndedSince, listFollowers, setDelivery } from './audience.repository.ts';

export type PromotionService = {
  /** Makes celebrities of those of these authors who have enough followers. Goes on where a killed process stopped. */
  promoteWhereDue(authorIds: readonly bigint[]): Promise<void>;
};

const PAGE = 1000;

const AUTHOR_DUE = statement(
  'author_due',
  `SELECT user_id AS "userId" FROM feed.author
    WHERE user_id = ANY($1) AND NOT hidden AND (delivery = 'PROMOTING' OR (delivery = 'PUSHED' AND follower_count >= $2))`,
);

/**
 * An author with this many followers is not pushed any more: a post would be written as often, and most of it unread. While an
 * author is PROMOTING both ways are open, so that no follower is without a post: who followed before is walked here, who follows
 * later is told by the follow itself. A celebrity stays one: the way back would have to push what was not pushed.
 */
export function createPromotionService(deps: {
  pool: Executor;
  timelines: TimelineStore;
  rebuild: RebuildService;
  celebrityFollowers: number;
  log: Log;
}): PromotionService {
  const { pool, timelines, rebuild, celebrityFollowers, log } = deps;

  const findDue = async (authorIds: readonly bigint[]): Promise<bigint[]> => {
    const rows = await query(pool, AUTHOR_DUE, [authorIds, celebrityFollowers]);
    return rows.map((row) => row.userId);
  };

  const promote = async (authorId: bigint): Promise<void> => {
    await setDelivery(pool, authorId, 'PUSHED', 'PROMOTING');
    await rebuild.pull({ author: authorId });
    await eachPage(
      (after) => listFollowers(pool, authorId, after, PAGE),
      (readers) => timelines.addPull({ author: authorId }, readers),
    );
    // Who stopped following meanwhile, or while a killed process walked here, changed Postgres first: see the fan-out.
    await eachPage(
      (after) => listEndedSince(pool, authorId, new Date(0), after, PAGE),
      (readers) => timelines.removePull({ author: authorId }, readers),
    );
    await setDelivery(pool, authorId, 'PROMOTING', 'PULLED');
    // Whoever hid meanwhile has left these timelines before they were walked here; a later return is told after this.
    if (await isHidden(pool, authorId)) {
      await eachPage(
        (after) => listFollowers(pool, authorId, after, PAGE),
        (readers) => timelines.removePull({ author: authorId }, readers),
      );
    }
    log.info({ authorId: String(authorId) }, 'an author is pulled from now on');
  };

  return {
    async promoteWhereDue(authorIds) {
      if (authorIds.length === 0) return;
      for (const authorId of await findDue(authorIds)) await promote(authorId);
    },
  };
}

async function eachPage(
  list: (after: bigint) => Promise<bigint[]>,
  visit: (readerIds: bigint[]) => Promise<void>,
): Promise<void> {
  for (let after = 0n; ; ) {
    const readerIds = await list(after);
    await visit(readerIds);
    if (readerIds.length < PAGE) return;
    after = readerIds.at(-1)!;
  }
}
