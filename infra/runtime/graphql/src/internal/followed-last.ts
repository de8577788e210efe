import { FollowedLastDocument } from '@tintype/schema/internal/social-graph';
import type { Identity } from '@tintype/viewer';
import type { SubgraphClient } from '../client.ts';

/** People whom the viewer followed last, the last first; none of a visitor. @param first 1 to 1,000 @throws SubgraphError */
export async function findFollowedLast(client: SubgraphClient, first: number, identity: Identity): Promise<bigint[]> {
  const { followedLast } = await client.request(FollowedLastDocument, { first }, identity);
  return followedLast.map(BigInt);
}
