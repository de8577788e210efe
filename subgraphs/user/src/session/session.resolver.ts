import { claimOf, type Idempotency, requireViewer } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import { languageOf } from '@tintype/language';
import type { RegistrationService } from '#account/registration.service.ts';
import type { AttemptService } from '#attempt/attempt.service.ts';
import type { KnownDeviceService } from '#device/known-device.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { inputError } from '../errors.ts';
import type { LogInService } from './log-in.service.ts';
import { NO_SESSION, type SessionPayload } from './session.payload.ts';
import type { SessionService } from './session.service.ts';
import type { SigningKeyService } from './signing-key.service.ts';

type SessionResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'jwks' | 'liveSessions' | 'sessions'>;
  Mutation: Pick<
    CompleteResolvers['Mutation'],
    | 'createAccount'
    | 'logIn'
    | 'completeLogIn'
    | 'logInWithPasskey'
    | 'refreshSession'
    | 'logOut'
    | 'endSession'
    | 'endOtherSessions'
  >;
  Session: CompleteResolvers['Session'];
};

export function createSessionResolvers(deps: {
  registrations: RegistrationService;
  attempts: AttemptService;
  idempotency: Idempotency;
  sessions: SessionService;
  logIns: LogInService;
  devices: KnownDeviceService;
  keys: SigningKeyService;
  sessionOf: SessionPayload;
}): SessionResolvers {
  const { registrations, attempts, idempotency, sessions, logIns, devices, keys, sessionOf } = deps;
  return {
    Query: {
      jwks: async () => JSON.stringify(await keys.publicKeys()),
      liveSessions: (_, { sessionIds }) => sessions.live(sessionIds),
      sessions: (_, args, context) => sessions.list(requireViewer(context).userId, args),
    },
    Mutation: {
      async createAccount(_, { input }, context, info) {
        // Tokens are not stored for repeated requests, and the password is compared, not hashed into the claim.
        const { password, ...profile } = input;
        const { network, device = '' } = context.identity;
        const registration = { ...input, language: languageOf(context.identity.language) };
        const outcome = await idempotency.once(claimOf(context.identity, info, null, profile), {
          work: (remember) => registrations.register(registration, remember),
          isRefused: (registered) => 'errors' in registered,
          replay: ([id]) => registrations.registered(BigInt(id!), password, network),
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
        const outcome = await logIns.logIn(input.identifier.trim(), input.password, { network, device });
        if ('error' in outcome) return { ...NO_SESSION, reactivated: false, challenge: null, errors: [outcome.error] };
        if ('challenge' in outcome) return { ...NO_SESSION, reactivated: false, ...outcome, errors: [] };
        const { reactivated, ...tokens } = outcome;
        return { ...(await sessionOf(tokens, context)), reactivated, challenge: null, errors: [] };
      },
      async completeLogIn(_, { input }, context) {
        const outcome = await logIns.completeLogIn(input.challenge, input.code, context.identity.network);
        if ('error' in outcome) return { ...NO_SESSION, reactivated: false, errors: [outcome.error] };
        const { reactivated, ...tokens } = outcome;
        return { ...(await sessionOf(tokens, context)), reactivated, errors: [] };
      },
      async logInWithPasskey(_, { input }, context) {
        const { network, device = '' } = context.identity;
        const identifier = input.identifier?.trim();
        const outcome = await logIns.logInWithPasskey(input.credential, identifier, { network, device });
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
