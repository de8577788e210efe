import { randomUUID } from 'node:crypto';
import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { findRelations } from '@tintype/graphql/internal';
import type { Relation } from '@tintype/policy';

/** Those of these people who may see the author's posts: of a private account its followers. Who blocks whom is known here anyway. */
export type Hearers = (authorId: bigint, userIds: readonly bigint[]) => Promise<bigint[]>;

export function createHearers(client: SubgraphClient): Hearers {
  const ask = async (userIds: readonly bigint[], viewerId: bigint | null): Promise<Relation[]> => {
    const viewer = viewerId === null ? null : { userId: viewerId, sessionId: '0' };
    const identity = viewer
      ? ({ kind: 'person', viewer, requestId: randomUUID(), operation: 'query' } as const)
      : platformIdentity();
    return [...(await findRelations(client, userIds, identity)).values()];
  };

  return async (authorId, userIds) => {
    const [author] = await ask([authorId], null);
    if (!author?.exists) return [];
    if (!author.isPrivate) return [...userIds];
    const followers = (await ask(userIds, authorId)).filter((relation) => relation.followedBy);
    return followers.map((relation) => relation.userId);
  };
}
