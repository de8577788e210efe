import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { findPostCounts } from './author.repository.ts';

/** Null where nothing was ever posted. */
export function createPostCountLoader(pool: Executor): Loader<bigint, number> {
  return createLoader(async (ids) => {
    const rows = await findPostCounts(pool, ids);
    return new Map(rows.map((row) => [String(row.userId), row.postCount]));
  });
}
