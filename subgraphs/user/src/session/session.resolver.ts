import { claimOf, type Idempotency, requireViewer } from '@tintype/graphql';
import type { AccountService } from '#account/account.service.ts';
import type { AttemptService } from '#attempt/attempt.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import { inputError } from '../errors.ts';
import type { SessionService, Tokens } from './session.service.ts';
import type { SigningKeyService } from './signing-key.service.ts';

const MAX_SESSIONS = 200;

type SessionResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'jwks' | 'endedSessions'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'createAccount' | 'logIn' | 'refreshSession' | 'logOut'>;
};
/** The fields of a payload without a session. */
const NO_SESSION = { user: null, accessToken: null, expiresAt: null, refreshToken: null };

async function sessionOf({ userId, ...tokens }: Tokens, { loaders }: Context) {
  return { user: await loaders.accounts.load(userId), ...tokens };
}

export function createSessionResolvers(deps: {
  accounts: AccountService;
  attempts: AttemptService;
  idempotency: Idempotency;
  sessions: SessionService;
  keys: SigningKeyService;
}): SessionResolvers {
  const { accounts, attempts, idempotency, sessions, keys } = deps;
  return {
    Query: {
      jwks: async () => JSON.stringify(await keys.publicKeys()),
      async endedSessions(_, { sessionIds }) {
        return sessions.ended(sessionIds.slice(0, MAX_SESSIONS));
      },
    },
    Mutation: {
      async createAccount(_, { input }, context, info) {
        // Tokens are not stored for repeated requests, and the password is compared, not hashed into the claim.
        const { password, ...profile } = input;
        const { network } = context.identity;
        const outcome = await idempotency.once(claimOf(context.identity, info, null, profile), {
          work: (remember) => accounts.register(input, remember),
          isRefused: (registered) => 'errors' in registered,
          replay: ([id]) => accounts.registered(BigInt(id!), password, network),
        });
        if ('errors' in outcome) return { ...NO_SESSION, errors: outcome.errors };
        await attempts.know(outcome.account.id, network);
        const tokens = await sessions.open(outcome.account.id);
        if (!tokens) return { ...NO_SESSION, errors: [inputError('PASSWORD_WRONG', 'password')] };
        return { ...(await sessionOf(tokens, context)), errors: [] };
      },
      async logIn(_, { input }, context) {
        const outcome = await sessions.logIn(input.identifier.trim(), input.password, context.identity.network);
        if ('error' in outcome) return { ...NO_SESSION, reactivated: false, errors: [outcome.error] };
        const { reactivated, ...tokens } = outcome;
        return { ...(await sessionOf(tokens, context)), reactivated, errors: [] };
      },
      async refreshSession(_, { input }, context) {
        const tokens = await sessions.refresh(input.refreshToken);
        if (!tokens) return { ...NO_SESSION, errors: [inputError('REFRESH_TOKEN_INVALID', 'refreshToken')] };
        return { ...(await sessionOf(tokens, context)), errors: [] };
      },
      async logOut(_, __, context) {
        return { loggedOut: await sessions.logOut(requireViewer(context)) };
      },
    },
  };
}
