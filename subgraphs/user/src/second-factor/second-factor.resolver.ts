import { requireViewer } from '@tintype/graphql';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { SecondFactorService } from './second-factor.service.ts';

type SecondFactorResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'twoFactor'>;
  Mutation: Pick<
    CompleteResolvers['Mutation'],
    'startTwoFactorSetup' | 'enableTwoFactor' | 'disableTwoFactor' | 'replaceRecoveryCodes'
  >;
};

export function createSecondFactorResolvers({ factors }: { factors: SecondFactorService }): SecondFactorResolvers {
  return {
    Query: {
      twoFactor: (_, __, context) => factors.find(requireViewer(context).userId),
    },
    Mutation: {
      async startTwoFactorSetup(_, { input }, context) {
        const outcome = await factors.start(context.identity, input);
        return 'error' in outcome ? { secret: null, uri: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
      async enableTwoFactor(_, { input }, context) {
        const outcome = await factors.enable(context.identity, input.code);
        return 'error' in outcome ? { recoveryCodes: [], errors: [outcome.error] } : { ...outcome, errors: [] };
      },
      async disableTwoFactor(_, { input }, context) {
        const error = await factors.disable(context.identity, input);
        return { disabled: error === null, errors: error ? [error] : [] };
      },
      async replaceRecoveryCodes(_, { input }, context) {
        const outcome = await factors.replaceCodes(context.identity, input);
        return 'error' in outcome ? { recoveryCodes: [], errors: [outcome.error] } : { ...outcome, errors: [] };
      },
    },
  };
}
