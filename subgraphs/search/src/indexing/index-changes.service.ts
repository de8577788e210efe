import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { COLLECTIONS, type CollectionName, type Documents } from '#search-index/documents.ts';
import type { SearchIndex } from '#search-index/search-index.ts';
import { type Change, markIndexed, readChanges } from './dirty-document.repository.ts';

const AT_ONCE = 500;

/**
 * Updates the index from changed rows of the projection. The rows of a document stay locked while it is written, so the
 * last writer has the latest state. If a write fails, the rows stay marked as changed.
 *
 * @returns how many documents were written or removed
 */
export async function indexChanges(deps: { pool: pg.Pool; index: SearchIndex }, signal?: AbortSignal): Promise<number> {
  let written = 0;
  for (const collection of COLLECTIONS) {
    for (let found = AT_ONCE; found === AT_ONCE && !signal?.aborted; written += found) {
      found = await indexSome(deps, collection);
    }
  }
  return written;
}

function indexSome(deps: { pool: pg.Pool; index: SearchIndex }, collection: CollectionName): Promise<number> {
  const { pool, index } = deps;
  return transaction(pool, async (tx) => {
    const changes = await readChanges(tx, collection, { dirty: AT_ONCE });
    if (changes.length === 0) return 0;
    await index.upsert(collection, documentsOf(changes));
    await index.remove(collection, goneOf(changes));
    await markIndexed(
      tx,
      collection,
      changes.map(({ id }) => id),
    );
    return changes.length;
  });
}

export function documentsOf<Name extends CollectionName>(changes: readonly Change<Name>[]): Documents[Name][] {
  return changes.map(({ document }) => document).filter((document) => document !== null);
}

function goneOf(changes: readonly { id: string; document: unknown }[]): string[] {
  return changes.filter(({ document }) => document === null).map(({ id }) => id);
}
