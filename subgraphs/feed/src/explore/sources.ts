import type { SubgraphClient } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { CoEngagedPostsDocument } from '@tintype/schema/internal/engagement';
import { TrendingPostIdsDocument } from '@tintype/schema/internal/search';
import type { Identity } from '@tintype/viewer';
import { listFollowedKeys } from '#hashtag/hashtag-follow.repository.ts';
import { countHashtags, listNewestOf } from './explore-post.repository.ts';
import type { Reason } from './ranking.rules.ts';
import type { TasteStore } from './taste.store.ts';

/** What a source offers: in its own unit, above 0. */
export type Offer = { postId: bigint; score: number };

/** Somewhere that posts for a viewer come from. @param likedIds what the viewer liked or saved last, newest first */
export type Source = { reason: Reason; offer(identity: Identity, likedIds: readonly bigint[]): Promise<Offer[]> };

/** What the trends and people of a similar taste offer at most. */
const OFFERED = 100;

/** Hashtags that are looked at: those that the viewer engages with most. */
const HASHTAGS = 12;
const OF_EACH = 20;
/** What following a hashtag says, in posts with it that were liked. */
const FOLLOWED = 5;

export function createSources(deps: { pool: Executor; client: SubgraphClient; tastes: TasteStore }): Source[] {
  const { pool, client, tastes } = deps;
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
        return tastes.get(identity.viewer.userId, likedIds, async () => {
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
