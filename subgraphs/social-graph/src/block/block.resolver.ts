import type { CompleteResolvers } from '#generated/graphql.ts';
import { personMutation } from '#person/person-mutation.ts';
import type { BlockService } from './block.service.ts';

type BlockResolvers = {
  Mutation: Pick<CompleteResolvers['Mutation'], 'blockUser' | 'unblockUser' | 'muteUser' | 'unmuteUser'>;
};

export function createBlockResolvers({ blocks }: { blocks: BlockService }): BlockResolvers {
  return {
    Mutation: {
      blockUser: personMutation(blocks.block, 'USER_NOT_FOUND'),
      unblockUser: personMutation(blocks.unblock, 'USER_NOT_FOUND'),
      muteUser: personMutation(blocks.mute, 'USER_NOT_FOUND'),
      unmuteUser: personMutation(blocks.unmute, 'USER_NOT_FOUND'),
    },
  };
}
