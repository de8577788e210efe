import { type Executor, query } from '@tintype/postgres';
import type { CollectionName } from '#index-store/documents.ts';

/** Of a reindexing: `facts` are asked of their owners, `documents` are built from them. */
export type StepName = 'facts' | 'documents';

/** How far a step is: `afterKey` is the last id or key that is in, empty at the start. */
export type StepState = { afterKey: string; done: boolean; documents: bigint };

export async function findStep(
  executor: Executor,
  collection: CollectionName,
  step: StepName,
): Promise<StepState | null> {
  const text = `SELECT after_key AS "afterKey", done, documents FROM search.rebuild WHERE collection = $1 AND step = $2`;
  const [found] = await query<StepState>(executor, 'search_rebuild_find', text, [collection, step]);
  return found ?? null;
}

export async function saveStep(
  executor: Executor,
  collection: CollectionName,
  step: StepName,
  { afterKey, done, documents }: StepState,
): Promise<void> {
  await query(
    executor,
    'search_rebuild_save',
    `INSERT INTO search.rebuild (collection, step, after_key, done, documents) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (collection, step) DO UPDATE SET after_key = excluded.after_key, done = excluded.done,
       documents = excluded.documents, changed_at = now()`,
    [collection, step, afterKey, done, documents],
  );
}

/** Forgets a reindexing of these collections, which is done. */
export async function clearSteps(executor: Executor, collections: readonly CollectionName[]): Promise<void> {
  const text = 'DELETE FROM search.rebuild WHERE collection = ANY($1)';
  await query(executor, 'search_rebuild_clear', text, [collections]);
}

export function listSteps(
  executor: Executor,
): Promise<(StepState & { collection: CollectionName; step: StepName; changedAt: Date })[]> {
  const text = `SELECT collection, step, after_key AS "afterKey", done, documents, changed_at AS "changedAt"
    FROM search.rebuild ORDER BY changed_at`;
  return query(executor, 'search_rebuild_list', text, []);
}
