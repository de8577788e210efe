import type { CompleteResolvers } from '#generated/graphql.ts';
import type { ClosureService } from './closure.service.ts';

type ClosureResolvers = {
  Mutation: Pick<CompleteResolvers['Mutation'], 'deactivateAccount' | 'deleteAccount'>;
};

export function createClosureResolvers({ closures }: { closures: ClosureService }): ClosureResolvers {
  return {
    Mutation: {
      async deactivateAccount(_, { input }, context) {
        const error = await closures.deactivate(context.identity, input);
        return { deactivated: error === null, errors: error ? [error] : [] };
      },
      async deleteAccount(_, { input }, context) {
        const error = await closures.delete(context.identity, input);
        return { deleted: error === null, errors: error ? [error] : [] };
      },
    },
  };
}
