import { type SubgraphClient, systemPass } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { inTime } from '@tintype/redis';
import { counter, type Log } from '@tintype/telemetry';
import type { ViewerPass } from '@tintype/viewer';
import { findPosts } from './explore-post.repository.ts';
import type { Candidate } from './ranking.rules.ts';
import type { Source } from './sources.ts';

export type CandidatesService = {
  /** What the sources offer, with what is known of it; without what the viewer liked or saved last. */
  find(pass: ViewerPass): Promise<Candidate[]>;
};

/** A source that takes longer is left out: the others have something, too. */
const SOURCE_MS = 700;
const LIKED = '{ engagedPosts(first: 50) }';
const COUNTS = 'query ($ids: [ID!]!) { postCounts(ids: $ids) { id likeCount commentCount shareCount } }';

const offered = counter('feed_explore_sources_total', 'Sources that were asked for posts to explore', [
  'source',
  'outcome',
]);

type Counts = { likeCount: number; commentCount: number; shareCount: number };
const NO_COUNTS: Counts = { likeCount: 0, commentCount: 0, shareCount: 0 };

export function createCandidatesService(deps: {
  pool: Executor;
  client: SubgraphClient;
  sources: readonly Source[];
  log: Log;
}): CandidatesService {
  const { pool, client, sources, log } = deps;

  /** What it resolves to in time, or `otherwise`. */
  const attempt = async <T>(name: string, work: Promise<T>, otherwise: T): Promise<T> => {
    try {
      const found = await inTime(work, SOURCE_MS);
      offered.inc({ source: name, outcome: 'answered' });
      return found;
    } catch (error) {
      offered.inc({ source: name, outcome: 'left out' });
      log.warn({ source: name, error }, 'a source of posts to explore is left out');
      return otherwise;
    }
  };

  const likedBy = async (pass: ViewerPass): Promise<bigint[]> => {
    if (!pass.viewer) return [];
    const answer = await client.request<{ engagedPosts: string[] }>('engagement', { query: LIKED, pass });
    return answer.engagedPosts.map(BigInt);
  };

  const countsOf = async (postIds: readonly bigint[]): Promise<Map<bigint, Counts>> => {
    const request = { query: COUNTS, variables: { ids: postIds.map(String) }, pass: systemPass() };
    type Answer = { postCounts: ({ id: string } & Counts)[] };
    const { postCounts } = await client.request<Answer>('engagement', request);
    return new Map(postCounts.map(({ id, ...counts }) => [BigInt(id), counts]));
  };

  return {
    async find(pass) {
      const likedIds = await attempt('liked', likedBy(pass), []);
      const offers = await Promise.all(
        sources.map(async ({ reason, offer }) => ({ reason, found: await attempt(reason, offer(pass, likedIds), []) })),
      );
      const scores = new Map<bigint, Candidate['scores']>();
      for (const { reason, found } of offers) {
        for (const { postId, score } of found) scores.set(postId, { ...scores.get(postId), [reason]: score });
      }
      for (const id of likedIds) scores.delete(id);
      const posts = await findPosts(pool, [...scores.keys()]);
      const counts = await attempt('counts', countsOf([...posts.keys()]), new Map<bigint, Counts>());
      return [...posts.values()].map(({ postId, authorId, publishedMs }) => ({
        postId,
        authorId,
        publishedMs: Number(publishedMs),
        scores: scores.get(postId)!,
        ...(counts.get(postId) ?? NO_COUNTS),
      }));
    },
  };
}
