import type { CompleteResolvers } from '#generated/graphql.ts';
import type { PasswordService } from './password.service.ts';

type PasswordResolvers = {
  Mutation: Pick<CompleteResolvers['Mutation'], 'changePassword' | 'requestPasswordReset' | 'resetPassword'>;
};

export function createPasswordResolvers({ passwords }: { passwords: PasswordService }): PasswordResolvers {
  return {
    Mutation: {
      async changePassword(_, { input }, context) {
        const error = await passwords.change(context.identity, input);
        return { changed: error === null, errors: error ? [error] : [] };
      },
      async requestPasswordReset(_, { input }) {
        const error = await passwords.requestReset(input.email.trim());
        return { requested: error === null, errors: error ? [error] : [] };
      },
      async resetPassword(_, { input }) {
        const error = await passwords.reset(input);
        return { reset: error === null, errors: error ? [error] : [] };
      },
    },
  };
}
