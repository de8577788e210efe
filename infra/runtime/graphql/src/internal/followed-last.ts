import { FollowedLastDocument } from '@tintype/schema/internal/social-graph';
import type { Identity } from '@tintype/viewer';
import type { SubgraphClient } from '../client.ts';

/**
 * The people whom the viewer followed last, newest first; none for a visitor. @param first 1 to 1,000 @throws
 * SubgraphError
 */
export async function findFollowedLast(client: SubgraphClient, first: number, identity: Identity): Promise<bigint[]> {
  const { followedLast } = await client.request(FollowedLastDocument, { first }, identity);
  return followedLast.map(BigInt);
}
