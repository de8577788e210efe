import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { MAX_PINNED } from '../limits.ts';
import { listPinned } from './pin.repository.ts';

export function createPinnedLoader(pool: Executor): Loader<bigint, bigint[]> {
  return createLoader(async (authorIds) => {
    const byAuthor = Map.groupBy(await listPinned(pool, authorIds, MAX_PINNED), ({ authorId }) => String(authorId));
    return new Map([...byAuthor].map(([authorId, pinned]) => [authorId, pinned.map(({ id }) => id)]));
  });
}
