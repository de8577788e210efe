import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { findSaved } from './save.repository.ts';

/** True for posts that the viewer saved. A visitor has none. */
export function createSavedLoader(pool: Executor, userId: bigint | null): Loader<bigint, true> {
  return createLoader(async (postIds) => {
    const saved = userId === null ? [] : await findSaved(pool, userId, postIds);
    return new Map(saved.map((postId) => [String(postId), true]));
  });
}
