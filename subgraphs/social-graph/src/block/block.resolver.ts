import { type PageArgs, requireViewer } from '@tintype/graphql';
import { selfRelation } from '@tintype/policy';
import { pageOfPeople } from '#connections/connection.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { personMutation } from '#person/person-mutation.ts';
import type { Context } from '../context.ts';
import type { BlockService } from './block.service.ts';

type BlockResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'blockedUsers' | 'mutedUsers' | 'restrictedUsers'>;
  Mutation: Pick<
    CompleteResolvers['Mutation'],
    'blockUser' | 'unblockUser' | 'muteUser' | 'unmuteUser' | 'restrictUser' | 'unrestrictUser'
  >;
};

export function createBlockResolvers({ blocks }: { blocks: BlockService }): BlockResolvers {
  const listOf =
    (list: 'blockedUsers' | 'mutedUsers' | 'restrictedUsers') =>
    async (_: unknown, args: PageArgs, { viewer, loaders }: Context) =>
      pageOfPeople(list, args, selfRelation(requireViewer({ viewer }).userId), loaders);
  return {
    Query: {
      blockedUsers: listOf('blockedUsers'),
      mutedUsers: listOf('mutedUsers'),
      restrictedUsers: listOf('restrictedUsers'),
    },
    Mutation: {
      blockUser: personMutation(blocks.block, 'USER_NOT_FOUND'),
      unblockUser: personMutation(blocks.unblock, 'USER_NOT_FOUND'),
      muteUser: personMutation(blocks.mute, 'USER_NOT_FOUND'),
      unmuteUser: personMutation(blocks.unmute, 'USER_NOT_FOUND'),
      restrictUser: personMutation(blocks.restrict, 'USER_NOT_FOUND'),
      unrestrictUser: personMutation(blocks.unrestrict, 'USER_NOT_FOUND'),
    },
  };
}
