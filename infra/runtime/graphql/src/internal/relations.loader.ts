import { missingRelation, type Relation, selfRelation } from '@tintype/policy';
import { RelationsDocument, RelationsOfNobodyDocument } from '@tintype/schema/internal/social-graph';
import { AccountsDocument } from '@tintype/schema/internal/user';
import type { Identity } from '@tintype/viewer';
import { type SubgraphClient, SubgraphError } from '../client.ts';
import { createLoader, type Loader } from '../loader.ts';
import { perRequest } from '../per-request.ts';

type Shared = { loader?: Loader<bigint, Relation> };

/** Per process and its clients, so that tests with several platforms in one process stay apart. */
const shared = new WeakMap<object, (identity: Identity) => Shared>();

/**
 * How the viewer stands to people. All people of one request are read from the social-graph subgraph in one call,
 * whichever subgraphs of this process need them. For visitors, relations only say whether an account exists and is
 * private.
 */
export function relationLoaderOf(deps: { client: SubgraphClient; identity: Identity }): Loader<bigint, Relation> {
  const { client, identity } = deps;
  let sharedOf = shared.get(client.sharing);
  if (!sharedOf) {
    sharedOf = perRequest(() => ({}));
    shared.set(client.sharing, sharedOf);
  }
  const ofRequest = sharedOf(identity);
  ofRequest.loader ??= createLoader((ids) => findRelations(client, ids, identity));
  return ofRequest.loader;
}

/**
 * How the viewer stands to each of these people, by id, according to the social-graph subgraph. @throws SubgraphError
 */
export async function findRelations(
  client: SubgraphClient,
  ids: readonly bigint[],
  identity: Identity,
): Promise<Map<string, Relation>> {
  const viewerId = identity.viewer?.userId;
  const found = new Map<string, Relation>();
  if (viewerId !== undefined && ids.includes(viewerId)) found.set(String(viewerId), selfRelation(viewerId));
  const userIds = ids.map(String).filter((id) => !found.has(id));
  if (userIds.length === 0) return found;
  const relations =
    viewerId === undefined
      ? await findRelationsOfNobody(client, userIds, identity)
      : (await client.request(RelationsDocument, { userIds }, identity)).relations;
  for (const { userId, ...relation } of relations) {
    found.set(userId, { ...missingRelation(BigInt(userId)), ...relation });
  }
  return found;
}

/**
 * Without a viewer, there are no relationships: who exists and is private is all that counts. The user subgraph owns
 * that, and social-graph has a copy that hides no less. So if social-graph is unavailable, the owner is asked.
 */
async function findRelationsOfNobody(
  client: SubgraphClient,
  userIds: string[],
  identity: Identity,
): Promise<{ userId: string; exists: boolean; isPrivate: boolean }[]> {
  try {
    return (await client.request(RelationsOfNobodyDocument, { userIds }, identity)).relations;
  } catch (error) {
    if (!(error instanceof SubgraphError && error.code === 'UNAVAILABLE')) throw error;
    const { accounts } = await client.request(AccountsDocument, { ids: userIds }, identity);
    return accounts.map(({ id, isPrivate }) => ({ userId: id, exists: true, isPrivate }));
  }
}
