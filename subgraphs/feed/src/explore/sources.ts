import type { SubgraphClient } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { CoEngagedPostsDocument } from '@tintype/schema/internal/engagement';
import { TrendingPostIdsDocument } from '@tintype/schema/internal/search';
import type { Identity } from '@tintype/viewer';
import { listFollowedKeys } from '#hashtag/hashtag-follow.repository.ts';
import type { CoEngagementStore } from './co-engagement.store.ts';
import { countHashtags, listNewestOf } from './explore-post.repository.ts';
import type { Reason } from './ranking.rules.ts';

/** A post that a source offers. The score is above 0, in the unit of the source. */
export type Offer = { postId: bigint; score: number };

/** A source of explore posts. @param likedIds the posts that the viewer liked or saved last, newest first */
export type Source = { reason: Reason; offer(identity: Identity, likedIds: readonly bigint[]): Promise<Offer[]> };

/** The maximum number of posts from trends and from people with similar likes. */
const OFFERED = 100;

/** How many hashtags are considered: those with which the viewer engages most. */
const HASHTAGS = 12;
const OF_EACH = 20;
/** A followed hashtag counts as much as this many liked posts with it. */
const FOLLOWED = 5;

export function createSources(deps: {
  pool: Executor;
  client: SubgraphClient;
  coEngagement: CoEngagementStore;
}): Source[] {
  const { pool, client, coEngagement } = deps;
  return [
    {
      reason: 'TRENDING',
      async offer(identity) {
        const { trendingPostIds: ids } = await client.request(TrendingPostIdsDocument, { first: OFFERED }, identity);
        return ids.map((id, index) => ({ postId: BigInt(id), score: 1 - index / ids.length }));
      },
    },
    {
      reason: 'LIKED_BY_SIMILAR',
      async offer(identity, likedIds) {
        if (!identity.viewer || likedIds.length === 0) return [];
        return coEngagement.get(identity.viewer.userId, likedIds, async () => {
          const { coEngaged } = await client.request(CoEngagedPostsDocument, { first: OFFERED }, identity);
          return coEngaged.map(({ postId, score }) => ({ postId: BigInt(postId), score }));
        });
      },
    },
    {
      reason: 'HASHTAG',
      async offer({ viewer }, likedIds) {
        if (!viewer) return [];
        const weights = await countHashtags(pool, likedIds);
        for (const key of await listFollowedKeys(pool, viewer.userId))
          weights.set(key, (weights.get(key) ?? 0) + FOLLOWED);
        const keys = [...weights].toSorted(([, one], [, other]) => other - one).slice(0, HASHTAGS);
        const scores = new Map<bigint, number>();
        for (const { key, postId } of await listNewestOf(
          pool,
          keys.map(([key]) => key),
          OF_EACH,
        )) {
          scores.set(postId, (scores.get(postId) ?? 0) + Math.log2(1 + weights.get(key)!));
        }
        return [...scores].map(([postId, score]) => ({ postId, score }));
      },
    },
  ];
}
