import { EarlyEventError, type EventEnvelope } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { groupHits, hitsOf } from './hit.rules.ts';
import type { TrendStore } from './trend.store.ts';
import { countKnown, findTrendPosts } from './trend-post.repository.ts';

export type RecordService = {
  /** Counts what events say. Can run twice, and in any order. @throws EarlyEventError where the facts do not have a post yet */
  take(events: readonly EventEnvelope[]): Promise<void>;
};

export function createRecordService(deps: { pool: Executor; store: TrendStore }): RecordService {
  const { pool, store } = deps;
  return {
    async take(events) {
      const hits = events.flatMap(hitsOf);
      if (hits.length === 0) return;
      const published = [...new Set(hits.filter((hit) => hit.isPublication).map((hit) => hit.postId))];
      if (published.length > 0 && (await countKnown(pool, published)) < published.length)
        throw new EarlyEventError('a published post is not known yet');
      const posts = await findTrendPosts(pool, [...new Set(hits.map((hit) => hit.postId))]);
      await store.record(groupHits(hits, posts));
    },
  };
}
