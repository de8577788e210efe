import type { SubgraphClient } from '@tintype/graphql';
import { findPostCounts, NO_COUNTS } from '@tintype/graphql/internal';
import type { Executor } from '@tintype/postgres';
import { withRedisTimeout } from '@tintype/redis';
import { EngagedPostsDocument } from '@tintype/schema/internal/engagement';
import { counter, type Log } from '@tintype/telemetry';
import type { Identity } from '@tintype/viewer';
import { findPosts } from './explore-post.repository.ts';
import type { Candidate } from './ranking.rules.ts';
import type { Source } from './sources.ts';

export type CandidatesService = {
  /**
   * Posts from all sources with their counts, without those that the viewer has liked or saved recently. `lacksSources`
   * says whether sources failed and were left out.
   */
  find(identity: Identity): Promise<{ found: Candidate[]; lacksSources: boolean }>;
};

/** A source that takes longer is left out, because the others have posts, too. */
const SOURCE_MS = 700;
/** How many recently liked and saved posts are considered. */
const LIKED = 50;

const offered = counter('feed_explore_sources_total', 'Requests to sources of explore posts', ['source', 'outcome']);

export function createCandidatesService(deps: {
  pool: Executor;
  client: SubgraphClient;
  sources: readonly Source[];
  log: Log;
}): CandidatesService {
  const { pool, client, sources, log } = deps;

  /** The result of `work`, or null if it fails or takes too long. */
  const attempt = async <T>(name: string, work: Promise<T>): Promise<T | null> => {
    try {
      const found = await withRedisTimeout(work, SOURCE_MS);
      offered.inc({ source: name, outcome: 'answered' });
      return found;
    } catch (error) {
      offered.inc({ source: name, outcome: 'left out' });
      log.warn({ source: name, error }, 'A source of explore posts failed and is left out.');
      return null;
    }
  };

  const likedBy = async (identity: Identity): Promise<bigint[]> => {
    if (!identity.viewer) return [];
    const { engagedPosts } = await client.request(EngagedPostsDocument, { first: LIKED }, identity);
    return engagedPosts.map(BigInt);
  };

  return {
    async find(identity) {
      const liked = await attempt('liked', likedBy(identity));
      const likedIds = liked ?? [];
      const answers = await Promise.all(
        sources.map(async ({ reason, offer }) => ({
          reason,
          offers: await attempt(reason, offer(identity, likedIds)),
        })),
      );
      const scores = new Map<bigint, Candidate['scores']>();
      for (const { reason, offers } of answers) {
        for (const { postId, score } of offers ?? []) scores.set(postId, { ...scores.get(postId), [reason]: score });
      }
      for (const id of likedIds) scores.delete(id);
      const posts = await findPosts(pool, [...scores.keys()]);
      const counts = await attempt('counts', findPostCounts(client, [...posts.keys()]));
      const found = [...posts.values()].map(({ postId, authorId, publishedMs }) => ({
        postId,
        authorId,
        publishedMs: Number(publishedMs),
        scores: scores.get(postId)!,
        ...(counts?.get(postId) ?? NO_COUNTS),
      }));
      return { found, lacksSources: liked === null || answers.some(({ offers }) => offers === null) };
    },
  };
}
