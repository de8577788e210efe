import { FollowedLastDocument } from '@tintype/schema/internal/social-graph';
import type { ViewerPass } from '@tintype/viewer';
import type { SubgraphClient } from '../client.ts';

/** People whom the viewer followed last, the last first; none of a visitor. @param first 1 to 1,000 @throws SubgraphError */
export async function findFollowedLast(client: SubgraphClient, first: number, pass: ViewerPass): Promise<bigint[]> {
  const { followedLast } = await client.request(FollowedLastDocument, { first }, pass);
  return followedLast.map(BigInt);
}
