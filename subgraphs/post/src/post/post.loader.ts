import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { PostModel } from './post.model.ts';
import { findPosts } from './post.repository.ts';

export function createPostLoader(pool: Executor): Loader<bigint, PostModel> {
  return createLoader(async (ids) => {
    const posts = await findPosts(pool, ids);
    return new Map(posts.map((post) => [String(post.id), post]));
  });
}
