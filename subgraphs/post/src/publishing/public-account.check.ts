import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { findRelations } from '@tintype/graphql/internal';
import type { Log } from '@tintype/telemetry';

/**
 * Whether everybody may see the posts of an account. If the social graph does not answer, the account counts as
 * private.
 */
export function createPublicAccountCheck(deps: {
  client: SubgraphClient;
  log: Log;
}): (userId: bigint) => Promise<boolean> {
  const { client, log } = deps;
  return async (userId) => {
    try {
      const relation = (await findRelations(client, [userId], platformIdentity())).get(String(userId));
      return relation?.exists === true && !relation.isPrivate;
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'Whether an account is private could not be checked.');
      return false;
    }
  };
}
