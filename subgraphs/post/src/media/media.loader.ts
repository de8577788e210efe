import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { MediaModel } from './media.model.ts';
import { findMedia } from './media.repository.ts';

export function createMediaLoader(pool: Executor): Loader<bigint, MediaModel[]> {
  return createLoader(async (postIds) => {
    const media = await findMedia(pool, postIds);
    return Map.groupBy(media, (one) => String(one.postId));
  });
}
