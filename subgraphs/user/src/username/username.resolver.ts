import { requireViewer } from '@tintype/graphql';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { UsernameService } from './username.service.ts';

type UsernameResolvers = { Mutation: Pick<CompleteResolvers['Mutation'], 'changeUsername'> };

export function createUsernameResolvers({ usernames }: { usernames: UsernameService }): UsernameResolvers {
  return {
    Mutation: {
      async changeUsername(_, { input }, context) {
        const outcome = await usernames.change(requireViewer(context).userId, input.username);
        return 'error' in outcome ? { user: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
    },
  };
}
