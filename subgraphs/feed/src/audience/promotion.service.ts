import { type Executor, query, statement } from '@tintype/postgres';
import type { Log } from '@tintype/telemetry';
import type { RebuildService } from '#timeline/rebuild.service.ts';
import type { TimelineStore } from '#timeline/timeline.store.ts';
import { isHidden, listEndedSince, listFollowers, setFanOutMode } from './audience.repository.ts';

export type PromotionService = {
  /**
   * Makes celebrities of the authors who have enough followers. Resumes promotions that a killed process left
   * unfinished.
   */
  promoteWhereDue(authorIds: readonly bigint[]): Promise<void>;
};

const PAGE = 1000;

const AUTHOR_DUE = statement(
  'author_due',
  `SELECT user_id AS "userId" FROM feed.author
    WHERE user_id = ANY($1) AND NOT hidden AND (fan_out_mode = 'PROMOTING' OR (fan_out_mode = 'PUSHED' AND follower_count >= $2))`,
);

/**
 * Posts of an author with this many followers are no longer pushed, because each would be written to many timelines and
 * most copies would never be read. While an author is PROMOTING, posts are both pushed and pulled, so that no follower
 * misses one: this service adds the pull to existing followers, and a new follow adds its own. A celebrity stays a
 * celebrity, because going back would require pushing everything that was not pushed.
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
    await setFanOutMode(pool, authorId, 'PUSHED', 'PROMOTING');
    await rebuild.pull({ author: authorId });
    await eachPage(
      (after) => listFollowers(pool, authorId, after, PAGE),
      (readers) => timelines.addPull({ author: authorId }, readers),
    );
    // Somebody may have unfollowed in the meantime. Like the fan-out, remove what was added for them.
    await eachPage(
      (after) => listEndedSince(pool, authorId, new Date(0), after, PAGE),
      (readers) => timelines.removePull({ author: authorId }, readers),
    );
    await setFanOutMode(pool, authorId, 'PROMOTING', 'PULLED');
    // If the account was hidden in the meantime, its timelines were cleaned before the loop above. If it returns, an
    // event follows.
    if (await isHidden(pool, authorId)) {
      await eachPage(
        (after) => listFollowers(pool, authorId, after, PAGE),
        (readers) => timelines.removePull({ author: authorId }, readers),
      );
    }
    log.info({ authorId: String(authorId) }, 'The author is a celebrity now. Posts are no longer pushed to followers.');
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
