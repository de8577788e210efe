import { claimOf, type Idempotency, requireViewer } from '@tintype/graphql';
import type { AccountService } from '#account/account.service.ts';
import type { AttemptService } from '#attempt/attempt.service.ts';
import type { AuthPayload, CompleteResolvers, ResolversTypes } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import { type InputError, inputError } from '../errors.ts';
import type { Opened, SessionService, Tokens } from './session.service.ts';
import type { SigningKeyService } from './signing-key.service.ts';

const MAX_SESSIONS = 200;

type SessionResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'jwks' | 'endedSessions'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'register' | 'logIn' | 'refreshSession' | 'logOut'>;
};
type Payload = Awaited<ResolversTypes['AuthPayload']>;

function refused(...errors: InputError[]): Payload {
  return {
    user: null,
    accessToken: null,
    expiresAt: null,
    refreshToken: null,
    reactivated: false,
    errors,
  } satisfies AuthPayload;
}

async function granted({ userId, ...tokens }: Tokens & Partial<Opened>, { loaders }: Context): Promise<Payload> {
  return { user: await loaders.accounts.load(userId), reactivated: false, ...tokens, errors: [] };
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
      async register(_, { input }, context, info) {
        // Tokens are not kept to be answered again, and the password is compared rather than hashed into the claim.
        const { password, ...profile } = input;
        const { network } = context.identity;
        const outcome = await idempotency.once(claimOf(context.identity, info, null, profile), {
          work: (remember) => accounts.register(input, remember),
          isRefused: (registered) => 'errors' in registered,
          replay: ([id]) => accounts.registered(BigInt(id!), password, network),
        });
        if ('errors' in outcome) return refused(...outcome.errors);
        await attempts.know(outcome.account.id, network);
        const tokens = await sessions.open(outcome.account.id);
        return tokens ? granted(tokens, context) : refused(inputError('CREDENTIALS_WRONG', 'password'));
      },
      async logIn(_, { input }, context) {
        const outcome = await sessions.logIn(input.identifier.trim(), input.password, context.identity.network);
        return 'error' in outcome ? refused(outcome.error) : granted(outcome, context);
      },
      async refreshSession(_, { input }, context) {
        const tokens = await sessions.refresh(input.refreshToken);
        return tokens ? granted(tokens, context) : refused(inputError('REFRESH_TOKEN_INVALID', 'refreshToken'));
      },
      async logOut(_, __, context) {
        return { loggedOut: await sessions.logOut(requireViewer(context)) };
      },
    },
  };
}
