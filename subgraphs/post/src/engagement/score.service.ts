import type { SubgraphClient } from '@tintype/graphql';
import { findPostCounts, NO_COUNTS, type PostCounts } from '@tintype/graphql/internal';
import type { Executor } from '@tintype/postgres';
import { type Engagement, scoreOf } from '#hashtag/score.rules.ts';
import { findPublished, putScores, settleDue, takeDue } from './due.repository.ts';

export type ScoreService = {
  /** Brings the scores of posts that are due in line with what engagement counts, a page of them. @returns how many there were */
  settle(): Promise<number>;
};

const PAGE = 200;
const LEASE_MS = 30_000;
/** Engagement's own count may lag behind its events while it is busy: it is looked at once more, much later. */
const LOOKS = 2;
const LOOK_AGAIN_MS = 5 * 60_000;

/** Scores are set from whole counts and never moved by events, so that events that come twice, late or in another order change nothing. */
export function createScoreService(deps: { pool: Executor; client: SubgraphClient; page?: number }): ScoreService {
  const { pool, client, page = PAGE } = deps;

  return {
    async settle() {
      const due = await takeDue(pool, page, LEASE_MS);
      if (due.length === 0) return 0;
      const postIds = due.map((one) => one.postId);
      const [counts, published] = await Promise.all([findPostCounts(client, postIds), findPublished(pool, postIds)]);
      const scores = published.map(({ postId, publishedAt }) => ({
        postId,
        score: scoreOf(engagementOf(counts.get(postId) ?? NO_COUNTS), publishedAt),
      }));
      await putScores(pool, scores);
      await settleDue(pool, due, LOOKS, LOOK_AGAIN_MS);
      return due.length;
    },
  };
}

function engagementOf({ likeCount, commentCount, shareCount }: PostCounts): Engagement {
  return { likes: likeCount, comments: commentCount, shares: shareCount };
}
