import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import type { ViewerPass } from '@tintype/viewer';
import { type Relation, selfRelation } from './relation.ts';

const RELATIONS = `query Relations($userIds: [ID!]!) {
  relations(userIds: $userIds) {
    userId exists isPrivate follows requested followedBy blocks blockedBy mutes
  }
}`;

type Answer = { relations: (Omit<Relation, 'userId' | 'isSelf'> & { userId: string })[] };

/**
 * How the viewer stands to people: all people of one answer in one question to the social-graph subgraph. A visitor's relations
 * tell only whether an account exists and is private.
 */
export function createRelationLoader(deps: { client: SubgraphClient; pass: ViewerPass }): Loader<bigint, Relation> {
  const { client, pass } = deps;
  const viewerId = pass.viewer?.userId;
  return createLoader<bigint, Relation>(async (ids) => {
    const found = new Map<string, Relation>();
    if (viewerId !== undefined && ids.includes(viewerId)) found.set(String(viewerId), selfRelation(viewerId));
    const userIds = ids.map(String).filter((id) => !found.has(id));
    if (userIds.length === 0) return found;
    const request = { query: RELATIONS, variables: { userIds }, pass };
    const { relations } = await client.request<Answer>('social-graph', request);
    for (const { userId, ...relation } of relations) {
      found.set(userId, { ...relation, userId: BigInt(userId), isSelf: false });
    }
    return found;
  });
}
