import { EarlyEventError, type EventEnvelope } from '@tintype/events';
import type { Executor } from '@tintype/postgres';
import { groupInteractions, interactionsOf } from './interaction.rules.ts';
import type { TrendStore } from './trend.store.ts';
import { countKnown, findTrendPosts } from './trend-post.repository.ts';

export type InteractionService = {
  /**
   * Counts the interactions in events. Can run twice, and in any order.
   *
   * @throws EarlyEventError if the projection does not have a published post or its author yet
   */
  take(events: readonly EventEnvelope[]): Promise<void>;
};

export function createInteractionService(deps: { pool: Executor; store: TrendStore }): InteractionService {
  const { pool, store } = deps;
  return {
    async take(events) {
      const interactions = events.flatMap(interactionsOf);
      if (interactions.length === 0) return;
      const published = [
        ...new Set(
          interactions.filter((interaction) => interaction.isPublication).map((interaction) => interaction.postId),
        ),
      ];
      if (published.length > 0 && (await countKnown(pool, published)) < published.length)
        throw new EarlyEventError('A published post or its author is not known yet.');
      const posts = await findTrendPosts(pool, [...new Set(interactions.map((interaction) => interaction.postId))]);
      await store.record(groupInteractions(interactions, posts));
    },
  };
}
