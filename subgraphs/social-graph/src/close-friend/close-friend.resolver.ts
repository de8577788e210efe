import { requireViewer } from '@tintype/graphql';
import { selfRelation } from '@tintype/policy';
import { pageOfPeople } from '#connections/connection.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { personMutation } from '#person/person-mutation.ts';
import type { CloseFriendService } from './close-friend.service.ts';

type CloseFriendResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'closeFriends'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'addCloseFriend' | 'removeCloseFriend'>;
};

export function createCloseFriendResolvers(deps: { closeFriends: CloseFriendService }): CloseFriendResolvers {
  const { closeFriends } = deps;
  return {
    Query: {
      async closeFriends(_, args, context) {
        const { userId } = requireViewer(context);
        return pageOfPeople('closeFriends', args, selfRelation(userId), context.loaders);
      },
    },
    Mutation: {
      addCloseFriend: personMutation(closeFriends.add, 'USER_NOT_FOUND'),
      removeCloseFriend: personMutation(closeFriends.remove, 'USER_NOT_FOUND'),
    },
  };
}
