import { claimOf, type Idempotency, requireViewer } from '@tintype/graphql';
import { hashEmailToken } from '#email/email-token.rules.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { inputError } from '../errors.ts';
import type { PasswordService } from './password.service.ts';

type PasswordResolvers = {
  Mutation: Pick<CompleteResolvers['Mutation'], 'changePassword' | 'requestPasswordReset' | 'resetPassword'>;
};

export function createPasswordResolvers(deps: {
  passwords: PasswordService;
  idempotency: Idempotency;
}): PasswordResolvers {
  const { passwords, idempotency } = deps;
  return {
    Mutation: {
      async changePassword(_, { input }, context, info) {
        const { identity } = context;
        const { userId } = requireViewer(context);
        // Passwords are compared, not hashed into the claim.
        const error = await idempotency.once(claimOf(identity, info, userId, null), {
          work: (remember) => passwords.change(identity, input, remember),
          isRefused: (refusal) => refusal !== null,
          replay: async () =>
            (await passwords.isSet(userId, input.newPassword, identity.network))
              ? null
              : inputError('PASSWORD_WRONG', 'currentPassword'),
        });
        return { changed: error === null, errors: error ? [error] : [] };
      },
      async requestPasswordReset(_, { input }) {
        const error = await passwords.requestReset(input.email.trim());
        return { requested: error === null, errors: error ? [error] : [] };
      },
      async resetPassword(_, { input }, { identity }, info) {
        const token = Buffer.from(hashEmailToken(input.token)).toString('base64url');
        const error = await idempotency.once(claimOf(identity, info, null, token), {
          work: (remember) => passwords.reset(input, remember),
          isRefused: (refusal) => refusal !== null,
          replay: async ([id]) =>
            (await passwords.isSet(BigInt(id!), input.newPassword, identity.network))
              ? null
              : inputError('TOKEN_INVALID', 'token'),
        });
        return { reset: error === null, errors: error ? [error] : [] };
      },
    },
  };
}
