import { randomUUID } from 'node:crypto';
import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { findRelations } from '@tintype/graphql/internal';
import { canViewPosts, type PostAudience, type Relation } from '@tintype/policy';

/**
 * Which of these people may see the author's posts for an audience: everybody, only followers if the account is
 * private, and only the author's close friends among them if the posts are for close friends. Blocks are not checked
 * here, because the projection of relationships has them.
 */
export type EligibleRecipients = (
  authorId: bigint,
  audience: PostAudience,
  userIds: readonly bigint[],
) => Promise<bigint[]>;

export function createEligibleRecipients(client: SubgraphClient): EligibleRecipients {
  const relationsTo = async (userIds: readonly bigint[], viewerId: bigint | null): Promise<Relation[]> => {
    const viewer = viewerId === null ? null : { userId: viewerId, sessionId: '0' };
    const identity = viewer
      ? ({ kind: 'person', viewer, requestId: randomUUID(), operation: 'query' } as const)
      : platformIdentity();
    return [...(await findRelations(client, userIds, identity)).values()];
  };

  return async (authorId, audience, userIds) => {
    const [author] = await relationsTo([authorId], null);
    if (!author?.exists) return [];
    if (canViewPosts(audience, author)) return [...userIds];
    const relations = await relationsTo(userIds, authorId);
    const eligible = relations.filter(({ followedBy, hasAsCloseFriend }) =>
      canViewPosts(audience, { ...author, follows: followedBy, isCloseFriendOf: hasAsCloseFriend }),
    );
    return eligible.map(({ userId }) => userId);
  };
}
