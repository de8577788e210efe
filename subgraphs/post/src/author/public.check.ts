import { type SubgraphClient, systemPass } from '@tintype/graphql';
import type { Log } from '@tintype/telemetry';

const RELATIONS = 'query Relations($userIds: [ID!]!) { relations(userIds: $userIds) { isPrivate exists } }';
type Answer = { relations: { isPrivate: boolean; exists: boolean }[] };

/** Whether everybody may see someone's posts, as far as that is known: where it cannot be asked, they are taken for private. */
export function createPublicCheck(deps: { client: SubgraphClient; log: Log }): (userId: bigint) => Promise<boolean> {
  const { client, log } = deps;
  return async (userId) => {
    const request = { query: RELATIONS, variables: { userIds: [String(userId)] }, pass: systemPass() };
    try {
      const { relations } = await client.request<Answer>('social-graph', request);
      return relations[0]?.exists === true && !relations[0].isPrivate;
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'whether an account is private could not be asked');
      return false;
    }
  };
}
