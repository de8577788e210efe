import { transaction, tryLock, unlock } from '@tintype/postgres';
import type pg from 'pg';
import { countProjected, readChanges } from '#indexing/dirty-document.repository.ts';
import { documentsOf } from '#indexing/index-changes.service.ts';
import type { CollectionName } from '#search-index/documents.ts';
import type { SearchIndex } from '#search-index/search-index.ts';
import { findStep, type StepName, type StepState, saveStep } from './reindex-step.repository.ts';

/** Progress. `total` is an estimate while the owners are asked. */
export type Progress = { collection: CollectionName; step: StepName; done: number; total: number; resumed: boolean };

export class ReindexRunsError extends Error {
  override name = 'ReindexRunsError';
}

export type BuildDeps = {
  pool: pg.Pool;
  index: SearchIndex;
  report(progress: Progress): void;
  signal?: AbortSignal;
};

const AT_ONCE = 500;
/** One reindexing runs at a time. */
const LOCK = 'tintype:reindexing';
export const START: StepState = { afterKey: '', done: false, documents: 0n };

/** @throws ReindexRunsError if another process is reindexing */
export async function withReindexLock(pool: pg.Pool, work: () => Promise<void>): Promise<void> {
  const session = await pool.connect();
  try {
    if (!(await tryLock(session, LOCK))) throw new ReindexRunsError('Another process is rebuilding the search index.');
    try {
      await work();
    } finally {
      await unlock(session, LOCK);
    }
  } finally {
    session.release();
  }
}

/** Processes one page after another and records the position after each. */
export async function walk(
  { pool, report, signal }: BuildDeps,
  collection: CollectionName,
  step: StepName,
  start: StepState,
  page: (after: string, documents: bigint) => Promise<StepState>,
): Promise<void> {
  const resumed = start.afterKey !== '';
  for (let state = start; !state.done; ) {
    signal?.throwIfAborted();
    state = await page(state.afterKey, state.documents);
    const done = Number(state.documents);
    const projected = await countProjected(pool, collection);
    report({ collection, step, done, total: state.done ? done : Math.max(projected, done), resumed });
  }
}

/**
 * Builds a new collection from the projection and replaces the live one with it. Until then, searches use the live one
 * and the indexer writes to both. If the process is killed, the next call continues where it stopped, under the same
 * lock.
 */
export async function buildCollection(deps: BuildDeps, collection: CollectionName): Promise<void> {
  const { pool, index } = deps;
  const stateOf = async () => (await index.state()).find((state) => state.collection === collection)!;
  const { building, isOutdated } = await stateOf();
  const before = await findStep(pool, collection, 'documents');
  const isWhole = before?.done && !(building === null ? isOutdated.live : isOutdated.building);
  if (!isWhole) {
    const { resumed } = await index.startBuild(collection);
    const start = resumed && before && !before.done ? before : START;
    await walk(deps, collection, 'documents', start, (after, documents) =>
      transaction(pool, async (tx) => {
        // Locked until the write is done. A concurrent change waits, and is written into both collections afterwards.
        const firstKey = collection === 'hashtags' ? '' : '0';
        const changes = await readChanges(tx, collection, { after: after || firstKey, first: AT_ONCE });
        const found = documentsOf(changes);
        await index.importInto(collection, found);
        const state = {
          afterKey: changes.at(-1)?.id ?? after,
          done: changes.length < AT_ONCE,
          documents: documents + BigInt(found.length),
        };
        await saveStep(tx, collection, 'documents', state);
        return state;
      }),
    );
  }
  // A missing collection means that it has been completed and swapped in already.
  if ((await stateOf()).building !== null) await index.swap(collection);
}
