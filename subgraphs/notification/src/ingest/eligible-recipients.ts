import { randomUUID } from 'node:crypto';
import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { findRelations } from '@tintype/graphql/internal';
import { can, type Relation } from '@tintype/policy';

/**
 * Which of these people may see the author's posts: everybody, or the followers if the account is private. Blocks are
 * not checked here, because the projection of relationships has them.
 */
export type EligibleRecipients = (authorId: bigint, userIds: readonly bigint[]) => Promise<bigint[]>;

export function createEligibleRecipients(client: SubgraphClient): EligibleRecipients {
  const relationsTo = async (userIds: readonly bigint[], viewerId: bigint | null): Promise<Relation[]> => {
    const viewer = viewerId === null ? null : { userId: viewerId, sessionId: '0' };
    const identity = viewer
      ? ({ kind: 'person', viewer, requestId: randomUUID(), operation: 'query' } as const)
      : platformIdentity();
    return [...(await findRelations(client, userIds, identity)).values()];
  };

  return async (authorId, userIds) => {
    const [author] = await relationsTo([authorId], null);
    if (!author?.exists) return [];
    if (can('posts.view', author)) return [...userIds];
    const relations = await relationsTo(userIds, authorId);
    const eligible = relations.filter(({ followedBy }) => can('posts.view', { ...author, follows: followedBy }));
    return eligible.map(({ userId }) => userId);
  };
}
