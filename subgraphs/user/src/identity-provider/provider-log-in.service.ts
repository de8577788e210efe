import type pg from 'pg';
import type { ProviderRegistration, RegistrationService } from '#account/registration.service.ts';
import type { AttemptService } from '#attempt/attempt.service.ts';
import type { KnownDeviceService } from '#device/known-device.service.ts';
import type { CreateAccountWithProviderErrorCode, LogInWithProviderErrorCode } from '#generated/graphql.ts';
import type { Challenged, LogInClient, LogInService } from '#session/log-in.service.ts';
import type { Opened, SessionService } from '#session/session.service.ts';
import { accountEnded, type InputError, inputError } from '../errors.ts';
import { findLinkedIdentity } from './linked-identity.repository.ts';
import type { ProviderFlowService } from './provider-flow.service.ts';
import { readSignUp, SEALED_MS, sealSignUp } from './sealed-flow.ts';

/** Somebody who has logged in at a provider, and whose account there is not linked. */
export type SignUp = {
  signUp: { token: string; expiresAt: Date; email: string | null; displayName: string | null };
};

export type ProviderLogInService = {
  logIn(
    answer: { flow: string; callbackUrl: string },
    client: LogInClient,
  ): Promise<Opened | Challenged | SignUp | { error: InputError<LogInWithProviderErrorCode> }>;
  /** @param signUp the token of a sign-up */
  createAccount(
    signUp: string,
    registration: ProviderRegistration,
    client: LogInClient,
  ): Promise<Opened | { errors: InputError<CreateAccountWithProviderErrorCode>[] }>;
};

/** Logs people in who have logged in at an identity provider. */
export function createProviderLogInService(deps: {
  pool: pg.Pool;
  flows: ProviderFlowService;
  logIns: Pick<LogInService, 'logInWithLinkedIdentity'>;
  registrations: Pick<RegistrationService, 'registerWithProvider'>;
  attempts: AttemptService;
  devices: KnownDeviceService;
  sessions: Pick<SessionService, 'open'>;
  /** The platform's secret, which seals sign-ups. */
  secret: string;
}): ProviderLogInService {
  const { pool, flows, logIns, registrations, attempts, devices, sessions, secret } = deps;
  return {
    async logIn(answer, client) {
      const outcome = await flows.finish(answer, (owner) => owner === null);
      if ('error' in outcome) return outcome;
      const { account } = outcome;
      const linked = await findLinkedIdentity(pool, account);
      const loggedIn = linked && (await logIns.logInWithLinkedIdentity(linked, client));
      if (loggedIn) return loggedIn;
      // The link may have been removed since. If it exists, its account cannot log in at the moment.
      if (linked) return { error: inputError('PROVIDER_REFUSED', 'callbackUrl') };
      const at = Date.now();
      const { email, name } = account;
      const token = sealSignUp(account, at, secret);
      return { signUp: { token, expiresAt: new Date(at + SEALED_MS), email, displayName: name } };
    },

    async createAccount(signUp, registration, client) {
      const account = readSignUp(signUp, secret);
      if (!account) return { errors: [inputError('SIGN_UP_INVALID', 'signUp')] };
      const registered = await registrations.registerWithProvider(registration, account);
      if ('errors' in registered) return registered;
      const { id: userId } = registered.account;
      await attempts.know(userId, client.network);
      await devices.know(userId, client);
      const { linkedIdentityId } = registered;
      const opened = await sessions.open(userId, client.device, { linkedIdentityId, hasCode: false });
      if (!opened) throw accountEnded();
      return opened;
    },
  };
}
