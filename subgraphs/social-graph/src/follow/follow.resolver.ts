import { requireViewer } from '@tintype/graphql';
import { parseGlobalId } from '@tintype/ids';
import { selfRelation } from '@tintype/policy';
import type { BlockService, HidingOutcome } from '#block/block.service.ts';
import { pageOfPeople } from '#connections/connection.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { findVisiblePerson } from '#person/person-visibility.ts';
import type { Context } from '../context.ts';
import { inputError } from '../errors.ts';
import type { FollowOutcome, FollowService } from './follow.service.ts';

type FollowResolvers = {
  Mutation: Omit<CompleteResolvers['Mutation'], 'hideAccount' | 'dismissSuggestion'>;
  Query: Pick<CompleteResolvers['Query'], 'followRequests'>;
};
type Args = { input: { userId: string } };

const NOT_FOUND = { error: 'USER_NOT_FOUND' } as const;

export function createFollowResolvers(deps: { follows: FollowService; blocks: BlockService }): FollowResolvers {
  const { follows, blocks } = deps;

  /** A mutation on the account that the input names. */
  const follow =
    (change: FollowService['follow']) =>
    async (_: unknown, { input }: Args, context: Context) => {
      const viewer = requireViewer(context);
      const id = parseGlobalId('User', input.userId);
      const outcome: FollowOutcome = id === null ? NOT_FOUND : await change(viewer.userId, id);
      if ('error' in outcome) return { user: null, state: null, errors: [inputError(outcome.error)] };
      return { user: await findVisiblePerson(id!, context), state: outcome.state, errors: [] };
    };
  const change =
    (act: (viewerId: bigint, userId: bigint) => Promise<HidingOutcome>) =>
    async (_: unknown, { input }: Args, context: Context) => {
      const viewer = requireViewer(context);
      const id = parseGlobalId('User', input.userId);
      const outcome = id === null ? NOT_FOUND : await act(viewer.userId, id);
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
      follow: follow(follows.follow),
      unfollow: follow(follows.unfollow),
      acceptFollowRequest: change(follows.accept),
      declineFollowRequest: change(follows.decline),
      block: change(blocks.block),
      unblock: change(blocks.unblock),
      mute: change(blocks.mute),
      unmute: change(blocks.unmute),
    },
  };
}
