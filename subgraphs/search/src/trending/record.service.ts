import { EarlyEventError, type EventEnvelope } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { deedsOf, groupDeeds } from './deed.rules.ts';
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
      const deeds = events.flatMap(deedsOf);
      if (deeds.length === 0) return;
      const published = [...new Set(deeds.filter((deed) => deed.isPublication).map((deed) => deed.postId))];
      if (published.length > 0 && (await countKnown(pool, published)) < published.length)
        throw new EarlyEventError('a published post is not known yet');
      const posts = await findTrendPosts(pool, [...new Set(deeds.map((deed) => deed.postId))]);
      await store.record(groupDeeds(deeds, posts));
    },
  };
}
