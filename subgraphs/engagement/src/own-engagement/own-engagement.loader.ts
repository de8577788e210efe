import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { OwnEngagement } from './own-engagement.model.ts';
import { findOwnEngagement } from './own-engagement.repository.ts';

/**
 * What the viewer did with posts: one statement for a page, whichever of it the page shows. A visitor did nothing.
 */
export function createOwnEngagementLoader(pool: Executor, userId: bigint | null): Loader<bigint, OwnEngagement> {
  return createLoader(async (postIds) => {
    const found = userId === null ? [] : await findOwnEngagement(pool, userId, postIds);
    return new Map(found.map((own) => [String(own.postId), own]));
  });
}
