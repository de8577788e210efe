import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { findRelations } from '@tintype/graphql/internal';
import type { Log } from '@tintype/telemetry';

/** Whether everybody may see someone's posts, as far as that is known: where it cannot be asked, they are taken for private. */
export function createPublicCheck(deps: { client: SubgraphClient; log: Log }): (userId: bigint) => Promise<boolean> {
  const { client, log } = deps;
  return async (userId) => {
    try {
      const relation = (await findRelations(client, [userId], platformIdentity())).get(String(userId));
      return relation?.exists === true && !relation.isPrivate;
    } catch (error) {
      log.warn({ error: (error as Error).message }, 'whether an account is private could not be asked');
      return false;
    }
  };
}
