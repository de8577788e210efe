import { createLoader, type Loader, requireGlobalId, type SubgraphClient } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { UsernamesDocument } from '@tintype/schema/internal/user';
import type { Identity } from '@tintype/viewer';

/** Asks the user subgraph for current usernames, without people whom the viewer may not see. */
export function createUsernameLoader(client: SubgraphClient, identity: Identity): Loader<bigint, string> {
  return createLoader(async (ids) => {
    const people = ids.map((id) => ({ __typename: 'User' as const, id: globalId('User', id) }));
    const { _entities } = await client.request(UsernamesDocument, { people }, identity);
    const found = _entities.filter((one) => one !== null);
    return new Map(found.map(({ id, username }) => [String(requireGlobalId('User', id)), username]));
  });
}
