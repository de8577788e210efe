import { createLoader, type Loader, perRequest, type SubgraphClient } from '@tintype/graphql';
import type { ViewerPass } from '@tintype/viewer';
import { missingRelation, type Relation, selfRelation } from './relation.ts';

/** All there is to how a visitor stands to people. */
const RELATIONS_OF_VISITORS =
  'query RelationsOfVisitors($userIds: [ID!]!) { relations(userIds: $userIds) { userId exists isPrivate } }';

const RELATIONS = `query Relations($userIds: [ID!]!) {
  relations(userIds: $userIds) {
    userId exists isPrivate follows requested followedBy blocks blockedBy mutes
  }
}`;

type Answer = { relations: (Partial<Omit<Relation, 'userId' | 'isSelf'>> & { userId: string })[] };

/** Of each client, so that tests with several platforms in one process stay apart. */
const shared = new WeakMap<SubgraphClient, (pass: ViewerPass) => Loader<bigint, Relation>>();

/**
 * How the viewer stands to people: all people of one answer in one question to the social-graph subgraph, whichever subgraphs of this
 * process want to know. A visitor's relations tell only whether an account exists and is private.
 */
export function relationLoaderOf(deps: { client: SubgraphClient; pass: ViewerPass }): Loader<bigint, Relation> {
  const { client, pass } = deps;
  let loaderOf = shared.get(client);
  if (!loaderOf) {
    loaderOf = perRequest((asking) => createRelationLoader(client, asking));
    shared.set(client, loaderOf);
  }
  return loaderOf(pass);
}

function createRelationLoader(client: SubgraphClient, pass: ViewerPass): Loader<bigint, Relation> {
  const viewerId = pass.viewer?.userId;
  return createLoader<bigint, Relation>(async (ids) => {
    const found = new Map<string, Relation>();
    if (viewerId !== undefined && ids.includes(viewerId)) found.set(String(viewerId), selfRelation(viewerId));
    const userIds = ids.map(String).filter((id) => !found.has(id));
    if (userIds.length === 0) return found;
    const query = viewerId === undefined ? RELATIONS_OF_VISITORS : RELATIONS;
    const request = { query, variables: { userIds }, pass };
    const { relations } = await client.request<Answer>('social-graph', request);
    for (const { userId, ...relation } of relations) {
      const id = BigInt(userId);
      found.set(userId, { ...missingRelation(id), ...relation });
    }
    return found;
  });
}
