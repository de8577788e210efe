import { type SubgraphClient, systemPass } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { type Engagement, scoreOf } from '#hashtag/score.rules.ts';
import { findPublished, putScores, settleDue, takeDue } from './due.repository.ts';

export type ScoreService = {
  /** Brings the scores of posts that are due in line with what engagement counts, a page of them. @returns how many there were */
  settle(): Promise<number>;
};

const COUNTS = 'query Counts($ids: [ID!]!) { postCounts(ids: $ids) { id likeCount commentCount shareCount } }';
type Answer = { postCounts: { id: string; likeCount: number; commentCount: number; shareCount: number }[] };

const PAGE = 200;
const LEASE_MS = 30_000;
/** Engagement's own count may lag behind its events while it is busy: it is looked at once more, much later. */
const LOOKS = 2;
const LOOK_AGAIN_MS = 5 * 60_000;
const NOTHING: Engagement = { likes: 0, comments: 0, shares: 0 };

/** Scores are set from whole counts and never moved by events, so that events that come twice, late or in another order change nothing. */
export function createScoreService(deps: { pool: Executor; client: SubgraphClient; page?: number }): ScoreService {
  const { pool, client, page = PAGE } = deps;

  const countsOf = async (postIds: readonly bigint[]): Promise<Map<string, Engagement>> => {
    const request = { query: COUNTS, variables: { ids: postIds.map(String) }, pass: systemPass() };
    const { postCounts } = await client.request<Answer>('engagement', request);
    return new Map(
      postCounts.map((one) => [one.id, { likes: one.likeCount, comments: one.commentCount, shares: one.shareCount }]),
    );
  };

  return {
    async settle() {
      const due = await takeDue(pool, page, LEASE_MS);
      if (due.length === 0) return 0;
      const postIds = due.map((one) => one.postId);
      const [counts, published] = await Promise.all([countsOf(postIds), findPublished(pool, postIds)]);
      const scores = published.map(({ postId, publishedAt }) => ({
        postId,
        score: scoreOf(counts.get(String(postId)) ?? NOTHING, publishedAt),
      }));
      await putScores(pool, scores);
      await settleDue(pool, due, LOOKS, LOOK_AGAIN_MS);
      return due.length;
    },
  };
}
