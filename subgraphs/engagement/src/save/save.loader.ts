import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { CollectionModel } from './save.model.ts';
import { findCollections, findSaved } from './save.repository.ts';

/** True for posts that the viewer saved. A visitor has none. */
export function createSavedLoader(pool: Executor, userId: bigint | null): Loader<bigint, true> {
  return createLoader(async (postIds) => {
    const saved = userId === null ? [] : await findSaved(pool, userId, postIds);
    return new Map(saved.map((postId) => [String(postId), true]));
  });
}

/** Collections of the viewer; a visitor has none. */
export function createCollectionLoader(pool: Executor, userId: bigint | null): Loader<bigint, CollectionModel> {
  return createLoader(async (ids) => {
    const collections = userId === null ? [] : await findCollections(pool, userId, ids);
    return new Map(collections.map((collection) => [String(collection.id), collection]));
  });
}
