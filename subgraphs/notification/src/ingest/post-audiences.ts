import { platformIdentity, requireGlobalId, type SubgraphClient } from '@tintype/graphql';
import type { PostAudience } from '@tintype/policy';
import { PostAudiencesDocument } from '@tintype/schema/internal/post';

/** The audience of each of these posts that exists. */
export type FindAudiences = (postIds: readonly bigint[]) => Promise<ReadonlyMap<bigint, PostAudience>>;

/** Asks the post subgraph. */
export function createFindAudiences(client: SubgraphClient): FindAudiences {
  return async (postIds) => {
    if (postIds.length === 0) return new Map();
    const variables = { ids: postIds.map(String) };
    const { postsById } = await client.request(PostAudiencesDocument, variables, platformIdentity());
    return new Map(postsById.map(({ id, audience }) => [requireGlobalId('Post', id), audience]));
  };
}
