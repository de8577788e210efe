import { requireViewer } from '@tintype/graphql';
import { parseGlobalId } from '@tintype/ids';
import { selfRelation } from '@tintype/policy';
import { pageOfPeople } from '#connections/connection.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { personMutation } from '#person/person-mutation.ts';
import { findVisiblePerson } from '#person/person-visibility.ts';
import type { Context } from '../context.ts';
import { type ErrorCode, inputError } from '../errors.ts';
import type { FollowOutcome, FollowService } from './follow.service.ts';

type FollowResolvers = {
  Mutation: Pick<
    CompleteResolvers['Mutation'],
    'followUser' | 'unfollowUser' | 'acceptFollowRequest' | 'declineFollowRequest' | 'removeFollower'
  >;
  Query: Pick<CompleteResolvers['Query'], 'followRequests'>;
};
const NOT_FOUND = { error: 'USER_NOT_FOUND' } as const;

type Args = { input: { userId: string } };

export function createFollowResolvers({ follows }: { follows: FollowService }): FollowResolvers {
  const follow =
    <Code extends ErrorCode>(change: (viewerId: bigint, userId: bigint) => Promise<FollowOutcome<Code>>) =>
    async (_: unknown, { input }: Args, context: Context) => {
      const viewer = requireViewer(context);
      const id = parseGlobalId('User', input.userId);
      const outcome = id === null ? NOT_FOUND : await change(viewer.userId, id);
      if ('error' in outcome) return { user: null, state: null, errors: [inputError(outcome.error)] };
      return { user: await findVisiblePerson(id!, context), state: outcome.state, errors: [] };
    };

  return {
    Query: {
      async followRequests(_, args, context) {
        const { userId } = requireViewer(context);
        return pageOfPeople('followRequests', args, selfRelation(userId), context.loaders);
      },
    },
    Mutation: {
      followUser: follow(follows.follow),
      unfollowUser: follow(follows.unfollow),
      acceptFollowRequest: personMutation(follows.accept, 'FOLLOW_REQUEST_NOT_FOUND'),
      removeFollower: personMutation(follows.remove, 'USER_NOT_FOUND'),
      declineFollowRequest: personMutation(follows.decline, 'FOLLOW_REQUEST_NOT_FOUND'),
    },
  };
}
