import type { SubgraphClient } from '@tintype/graphql';
import { findPostCounts, NO_COUNTS, type PostCounts } from '@tintype/graphql/internal';
import type { Executor } from '@tintype/postgres';
import { type Engagement, scoreOf } from './score.rules.ts';
import { claimStaleScores, findPublicationTimes, recordRefresh, updateScores } from './stale-score.repository.ts';

export type ScoreService = {
  /** Refreshes one batch of stale scores from engagement's counts. @returns how many scores were in the batch */
  refreshStale(): Promise<number>;
};

const BATCH = 200;
const LEASE_MS = 30_000;
/**
 * Under load, engagement's counts may lag behind its events. We therefore refresh each score a second time, much later.
 */
const REFRESHES = 2;
const SECOND_REFRESH_MS = 5 * 60_000;

/**
 * Computes scores from total counts. Events only mark scores as stale, so events that are repeated, late or out of
 * order do no harm.
 */
export function createScoreService(deps: { pool: Executor; client: SubgraphClient; batchSize?: number }): ScoreService {
  const { pool, client, batchSize = BATCH } = deps;

  return {
    async refreshStale() {
      const stale = await claimStaleScores(pool, batchSize, LEASE_MS);
      if (stale.length === 0) return 0;
      const postIds = stale.map((one) => one.postId);
      const [counts, published] = await Promise.all([
        findPostCounts(client, postIds),
        findPublicationTimes(pool, postIds),
      ]);
      const scores = published.map(({ postId, publishedAt }) => ({
        postId,
        score: scoreOf(engagementOf(counts.get(postId) ?? NO_COUNTS), publishedAt),
      }));
      await updateScores(pool, scores);
      await recordRefresh(pool, stale, REFRESHES, SECOND_REFRESH_MS);
      return stale.length;
    },
  };
}

function engagementOf({ likeCount, commentCount, shareCount }: PostCounts): Engagement {
  return { likes: likeCount, comments: commentCount, shares: shareCount };
}
