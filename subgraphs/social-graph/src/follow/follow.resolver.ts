import { requireViewer } from '@tintype/graphql';
import { parseGlobalId } from '@tintype/ids';
import { selfRelation } from '@tintype/policy';
import type { BlockService } from '#block/block.service.ts';
import { pageOfPeople } from '#connections/connection.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { findVisiblePerson } from '#person/person-visibility.ts';
import type { Context } from '../context.ts';
import { type ErrorCode, inputError } from '../errors.ts';
import type { FollowOutcome, FollowService } from './follow.service.ts';

type FollowResolvers = {
  Mutation: Omit<CompleteResolvers['Mutation'], 'hideAccount' | 'dismissSuggestion'>;
  Query: Pick<CompleteResolvers['Query'], 'followRequests'>;
};
const NOT_FOUND = { error: 'USER_NOT_FOUND' } as const;

type Args = { input: { userId: string } };

export function createFollowResolvers(deps: { follows: FollowService; blocks: BlockService }): FollowResolvers {
  const { follows, blocks } = deps;

  const follow =
    <Code extends ErrorCode>(change: (viewerId: bigint, userId: bigint) => Promise<FollowOutcome<Code>>) =>
    async (_: unknown, { input }: Args, context: Context) => {
      const viewer = requireViewer(context);
      const id = parseGlobalId('User', input.userId);
      const outcome = id === null ? NOT_FOUND : await change(viewer.userId, id);
      if ('error' in outcome) return { user: null, state: null, errors: [inputError(outcome.error)] };
      return { user: await findVisiblePerson(id!, context), state: outcome.state, errors: [] };
    };
  /** @param unknown the error if the input names no account */
  const change =
    <Code extends ErrorCode>(
      act: (viewerId: bigint, userId: bigint) => Promise<{ error: Code } | null>,
      unknown: Code,
    ) =>
    async (_: unknown, { input }: Args, context: Context) => {
      const viewer = requireViewer(context);
      const id = parseGlobalId('User', input.userId);
      const outcome = id === null ? { error: unknown } : await act(viewer.userId, id);
      if (outcome) return { user: null, errors: [inputError(outcome.error)] };
      return { user: await findVisiblePerson(id!, context), errors: [] };
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
      acceptFollowRequest: change(follows.accept, 'FOLLOW_REQUEST_NOT_FOUND'),
      declineFollowRequest: change(follows.decline, 'FOLLOW_REQUEST_NOT_FOUND'),
      blockUser: change(blocks.block, 'USER_NOT_FOUND'),
      unblockUser: change(blocks.unblock, 'USER_NOT_FOUND'),
      muteUser: change(blocks.mute, 'USER_NOT_FOUND'),
      unmuteUser: change(blocks.unmute, 'USER_NOT_FOUND'),
    },
  };
}
