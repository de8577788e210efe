import type { Executor } from '@tintype/postgres';
import { countWaiting } from '#indexing/dirty-document.repository.ts';
import type { CollectionName } from '#search-index/documents.ts';
import type { CollectionState, SearchIndex } from '#search-index/search-index.ts';
import { listSteps, type StepName } from './reindex-step.repository.ts';

export type SearchStatus = {
  driver: SearchIndex['driver'];
  healthy: boolean;
  collections: (CollectionState & { waiting: number })[];
  /** Steps of a reindexing that has started and not ended. */
  rebuild: { collection: CollectionName; step: StepName; documents: number; done: boolean; changedAt: Date }[];
};

/** The state of the index, for operators. */
export async function readStatus(deps: { pool: Executor; index: SearchIndex }): Promise<SearchStatus> {
  const { pool, index } = deps;
  const [healthy, states, waiting, steps] = await Promise.all([
    index.healthy(),
    index.state(),
    countWaiting(pool),
    listSteps(pool),
  ]);
  return {
    driver: index.driver,
    healthy,
    collections: states.map((state) => ({ ...state, waiting: waiting[state.collection] })),
    rebuild: steps.map(({ collection, step, documents, done, changedAt }) => {
      return { collection, step, documents: Number(documents), done, changedAt };
    }),
  };
}
