import { requireViewer } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { AssertionService } from './assertion.service.ts';
import type { PasskeyService } from './passkey.service.ts';

type PasskeyResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'passkeys'>;
  Mutation: Pick<
    CompleteResolvers['Mutation'],
    | 'startPasskeyCreation'
    | 'createPasskey'
    | 'updatePasskey'
    | 'deletePasskey'
    | 'startPasskeyConfirmation'
    | 'startPasskeyLogIn'
  >;
  Passkey: CompleteResolvers['Passkey'];
};

export function createPasskeyResolvers(deps: {
  passkeys: PasskeyService;
  assertions: AssertionService;
}): PasskeyResolvers {
  const { passkeys, assertions } = deps;
  return {
    Query: {
      passkeys: (_, __, context) => passkeys.list(requireViewer(context).userId),
    },
    Mutation: {
      async startPasskeyCreation(_, { input }, context) {
        const outcome = await passkeys.start(context.identity, input);
        return 'error' in outcome ? { options: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
      async createPasskey(_, { input }, context) {
        const outcome = await passkeys.create(context.identity, input);
        return 'error' in outcome ? { passkey: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
      async updatePasskey(_, { input }, context) {
        const outcome = await passkeys.rename(requireViewer(context).userId, input.passkeyId, input.name);
        return 'error' in outcome ? { passkey: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
      async deletePasskey(_, { input }, context) {
        const error = await passkeys.delete(context.identity, input.passkeyId, input);
        return { deleted: error === null, errors: error ? [error] : [] };
      },
      async startPasskeyConfirmation(_, __, context) {
        const { userId, sessionId } = requireViewer(context);
        return { options: await assertions.confirmationOptions(userId, sessionId) };
      },
      startPasskeyLogIn: async () => ({ options: await assertions.logInOptions() }),
    },
    Passkey: { id: ({ id }) => globalId('Passkey', id) },
  };
}
