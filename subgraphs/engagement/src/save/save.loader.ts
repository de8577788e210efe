import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { CollectionModel } from './save.model.ts';
import { findCollections } from './save.repository.ts';

/** Collections of the viewer; a visitor has none. */
export function createCollectionLoader(pool: Executor, userId: bigint | null): Loader<bigint, CollectionModel> {
  return createLoader(async (ids) => {
    const collections = userId === null ? [] : await findCollections(pool, userId, ids);
    return new Map(collections.map((collection) => [String(collection.id), collection]));
  });
}
