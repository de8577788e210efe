import { claimOf, type Idempotency, requireViewer } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import type { AccountService } from '#account/account.service.ts';
import type { AttemptService } from '#attempt/attempt.service.ts';
import type { KnownDeviceService } from '#device/known-device.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import { inputError } from '../errors.ts';
import type { SessionService, Tokens } from './session.service.ts';
import type { SigningKeyService } from './signing-key.service.ts';

type SessionResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'jwks' | 'endedSessions' | 'sessions'>;
  Mutation: Pick<
    CompleteResolvers['Mutation'],
    'createAccount' | 'logIn' | 'completeLogIn' | 'refreshSession' | 'logOut' | 'endSession' | 'endOtherSessions'
  >;
  Session: CompleteResolvers['Session'];
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
  devices: KnownDeviceService;
  keys: SigningKeyService;
}): SessionResolvers {
  const { accounts, attempts, idempotency, sessions, devices, keys } = deps;
  return {
    Query: {
      jwks: async () => JSON.stringify(await keys.publicKeys()),
      async endedSessions(_, { sessionIds }) {
        return sessions.ended(sessionIds);
      },
      sessions: (_, args, context) => sessions.list(requireViewer(context).userId, args),
    },
    Mutation: {
      async createAccount(_, { input }, context, info) {
        // Tokens are not stored for repeated requests, and the password is compared, not hashed into the claim.
        const { password, ...profile } = input;
        const { network, device = '' } = context.identity;
        const outcome = await idempotency.once(claimOf(context.identity, info, null, profile), {
          work: (remember) => accounts.register(input, remember),
          isRefused: (registered) => 'errors' in registered,
          replay: ([id]) => accounts.registered(BigInt(id!), password, network),
        });
        if ('errors' in outcome) return { ...NO_SESSION, errors: outcome.errors };
        await attempts.know(outcome.account.id, network);
        await devices.know(outcome.account.id, { network, device });
        const tokens = await sessions.open(outcome.account.id, device, {
          passwordHash: outcome.passwordHash,
          hasCode: false,
        });
        if (!tokens) return { ...NO_SESSION, errors: [inputError('PASSWORD_WRONG', 'password')] };
        return { ...(await sessionOf(tokens, context)), errors: [] };
      },
      async logIn(_, { input }, context) {
        const { network, device = '' } = context.identity;
        const outcome = await sessions.logIn(input.identifier.trim(), input.password, { network, device });
        if ('error' in outcome) return { ...NO_SESSION, reactivated: false, challenge: null, errors: [outcome.error] };
        if ('challenge' in outcome) return { ...NO_SESSION, reactivated: false, ...outcome, errors: [] };
        const { reactivated, ...tokens } = outcome;
        return { ...(await sessionOf(tokens, context)), reactivated, challenge: null, errors: [] };
      },
      async completeLogIn(_, { input }, context) {
        const outcome = await sessions.completeLogIn(input.challenge, input.code, context.identity.network);
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
      async endSession(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseGlobalId('Session', input.sessionId);
        return { ended: id !== null && (await sessions.end(userId, id)) };
      },
      async endOtherSessions(_, __, context) {
        return { endedCount: await sessions.endOthers(requireViewer(context)) };
      },
    },
    Session: {
      id: ({ id }) => globalId('Session', id),
      isCurrent: ({ id }, _, { viewer }) => String(id) === viewer?.sessionId,
    },
  };
}
