import { randomUUID } from 'node:crypto';
import { type SubgraphClient, systemPass } from '@tintype/graphql';

const RELATIONS =
  'query Relations($userIds: [ID!]!) { relations(userIds: $userIds) { userId isPrivate exists followedBy } }';
type Answer = { relations: { userId: string; isPrivate: boolean; exists: boolean; followedBy: boolean }[] };

/** Those of these people who may see the author's posts: of a private account its followers. Who blocks whom is known here anyway. */
export type Hearers = (authorId: bigint, userIds: readonly bigint[]) => Promise<bigint[]>;

export function createHearers(client: SubgraphClient): Hearers {
  const ask = async (userIds: readonly bigint[], viewerId: bigint | null): Promise<Answer['relations']> => {
    const viewer = viewerId === null ? null : { userId: viewerId, sessionId: '0' };
    const pass = viewer ? { viewer, requestId: randomUUID(), operation: 'query' as const } : systemPass();
    const variables = { userIds: userIds.map(String) };
    return (await client.request<Answer>('social-graph', { query: RELATIONS, variables, pass })).relations;
  };

  return async (authorId, userIds) => {
    const [author] = await ask([authorId], null);
    if (!author?.exists) return [];
    if (!author.isPrivate) return [...userIds];
    const followers = (await ask(userIds, authorId)).filter((relation) => relation.followedBy);
    return followers.map((relation) => BigInt(relation.userId));
  };
}
