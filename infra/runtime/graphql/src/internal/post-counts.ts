import { PostCountsDocument } from '@tintype/schema/internal/engagement';
import type { SubgraphClient } from '../client.ts';
import { platformIdentity } from '../subgraph.ts';

export type PostCounts = { likeCount: number; commentCount: number; shareCount: number };

export const NO_COUNTS: PostCounts = { likeCount: 0, commentCount: 0, shareCount: 0 };

/** The counts of those of these posts that have any, according to the engagement subgraph. @throws SubgraphError */
export async function findPostCounts(
  client: SubgraphClient,
  postIds: readonly bigint[],
): Promise<Map<bigint, PostCounts>> {
  const { postCounts } = await client.request(PostCountsDocument, { ids: postIds.map(String) }, platformIdentity());
  return new Map(postCounts.map(({ id, ...counts }) => [BigInt(id), counts]));
}
