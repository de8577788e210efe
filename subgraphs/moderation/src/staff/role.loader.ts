import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { RolesDocument, type RolesQuery } from '@tintype/schema/internal/user';
import type { Identity } from '@tintype/viewer';

export type Role = RolesQuery['rolesOf'][number]['role'];

/** The roles of people, from the database of their owner. Null without one. */
export function createRoleLoader(client: SubgraphClient, identity: Identity): Loader<bigint, Role> {
  return createLoader(async (ids) => {
    const { rolesOf } = await client.request(RolesDocument, { userIds: ids.map(String) }, identity);
    return new Map(rolesOf.map(({ userId, role }) => [userId, role]));
  });
}
