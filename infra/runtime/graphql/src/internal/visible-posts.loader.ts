import type { PostAudience } from '@tintype/policy';
import { VisiblePostsDocument } from '@tintype/schema/internal/post';
import type { Identity } from '@tintype/viewer';
import type { SubgraphClient } from '../client.ts';
import { createLoader, type Loader } from '../loader.ts';

/** A post that the viewer may see. */
export type VisiblePost = {
  id: bigint;
  authorId: bigint;
  authorMuted: boolean;
  isPublished: boolean;
  audience: PostAudience;
};

/**
 * Posts that the viewer may see. All posts of one request are read from the post subgraph in one call.
 *
 * @param options.unpublished whether to include the viewer's own posts in other states
 */
export function createVisiblePostLoader(
  client: SubgraphClient,
  identity: Identity,
  options: { unpublished?: boolean } = {},
): Loader<bigint, VisiblePost> {
  const { unpublished = false } = options;
  return createLoader(async (ids) => {
    const { visiblePosts } = await client.request(
      VisiblePostsDocument,
      { ids: ids.map(String), unpublished },
      identity,
    );
    return new Map(
      visiblePosts.map(({ id, authorId, ...post }) => [id, { id: BigInt(id), authorId: BigInt(authorId), ...post }]),
    );
  });
}
