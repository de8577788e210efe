import { type Executor, query, statement } from '@tintype/postgres';
import type { CollectionName } from '#search-index/documents.ts';

/** The steps of a reindexing: `projection` is refreshed from the owners, then `documents` are built from it. */
export type StepName = 'projection' | 'documents';

/** The progress of a step. `afterKey` is the last id or key that is done, empty at the start. */
export type StepState = { afterKey: string; done: boolean; documents: bigint };

const SEARCH_REBUILD_FIND = statement(
  'search_rebuild_find',
  `SELECT after_key AS "afterKey", done, documents FROM search.rebuild WHERE collection = $1 AND step = $2`,
);

export async function findStep(
  executor: Executor,
  collection: CollectionName,
  step: StepName,
): Promise<StepState | null> {
  const [found] = await query(executor, SEARCH_REBUILD_FIND, [collection, step]);
  return found ?? null;
}

const SEARCH_REBUILD_SAVE = statement(
  'search_rebuild_save',
  `INSERT INTO search.rebuild (collection, step, after_key, done, documents) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (collection, step) DO UPDATE SET after_key = excluded.after_key, done = excluded.done,
     documents = excluded.documents, changed_at = now()`,
);

export async function saveStep(
  executor: Executor,
  collection: CollectionName,
  step: StepName,
  { afterKey, done, documents }: StepState,
): Promise<void> {
  await query(executor, SEARCH_REBUILD_SAVE, [collection, step, afterKey, done, documents]);
}

const SEARCH_REBUILD_CLEAR = statement('search_rebuild_clear', 'DELETE FROM search.rebuild WHERE collection = ANY($1)');

/** Deletes the progress of a completed reindexing of these collections. */
export async function clearSteps(executor: Executor, collections: readonly CollectionName[]): Promise<void> {
  await query(executor, SEARCH_REBUILD_CLEAR, [collections]);
}

const SEARCH_REBUILD_LIST = statement(
  'search_rebuild_list',
  `SELECT collection, step, after_key AS "afterKey", done, documents, changed_at AS "changedAt"
  FROM search.rebuild ORDER BY changed_at`,
).narrow<{ collection: CollectionName; step: StepName }>();

export function listSteps(
  executor: Executor,
): Promise<(StepState & { collection: CollectionName; step: StepName; changedAt: Date })[]> {
  return query(executor, SEARCH_REBUILD_LIST, []);
}
