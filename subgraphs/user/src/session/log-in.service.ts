import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { findCredential } from '#account/account.repository.ts';
import { uniqueForm } from '#account/account.rules.ts';
import { findPasswordHash } from '#account/closure.repository.ts';
import type { AttemptSubject } from '#attempt/attempt.rules.ts';
import type { AttemptService } from '#attempt/attempt.service.ts';
import type { KnownDeviceService } from '#device/known-device.service.ts';
import type { CompleteLogInErrorCode, LogInErrorCode, LogInWithPasskeyErrorCode } from '#generated/graphql.ts';
import { writeUse } from '#identity-provider/linked-identity.repository.ts';
import type { AssertionService } from '#passkey/assertion.service.ts';
import { replacePasswordHash } from '#password/credential.repository.ts';
import type { PasswordHasher } from '#password/password.hasher.ts';
import type { CodeService } from '#second-factor/code.service.ts';
import {
  addChallenge,
  type FirstFactor,
  findChallenge,
  takeChallenge,
} from '#second-factor/login-challenge.repository.ts';
import { type InputError, inputError } from '../errors.ts';
import type { LinkedIdentityShown, PasswordShown } from './session.repository.ts';
import type { Opened, SessionService } from './session.service.ts';
import { hashToken } from './token-hash.rules.ts';

/** The password or linked identity was right, and a code of the second factor is needed. */
export type Challenged = { challenge: { token: string; expiresAt: Date } };

const CHALLENGE_BYTES = 32;
const CHALLENGE_MS = 5 * 60_000;

/** A person who showed a password, and a code if one is needed. */
export type Authenticated = { userId: bigint; shown: PasswordShown };

/** Who logs in: their network, if it is known, and what the client calls itself. */
export type LogInClient = { network: string | undefined; device: string };

export type LogInService = {
  /**
   * Checks a password without opening a session.
   *
   * @returns the user error if it failed
   */
  authenticate(
    identifier: string,
    password: string,
    client: LogInClient,
  ): Promise<Authenticated | Challenged | { error: InputError<LogInErrorCode> }>;
  /**
   * Checks a code of the second factor without opening a session.
   *
   * @param token of the challenge of a password
   */
  authenticateWithCode(
    token: string,
    code: string,
    network: string | undefined,
  ): Promise<(Authenticated & { device: string }) | { error: InputError<CompleteLogInErrorCode> }>;
  /** @returns the user error if it failed */
  logIn(
    identifier: string,
    password: string,
    client: LogInClient,
  ): Promise<Opened | Challenged | { error: InputError<LogInErrorCode> }>;
  /** @param token of the challenge */
  completeLogIn(
    token: string,
    code: string,
    network: string | undefined,
  ): Promise<Opened | { error: InputError<CompleteLogInErrorCode> }>;
  /**
   * Logs in with a passkey, which needs neither a password nor a code.
   *
   * @param credential the answer to a challenge, as JSON
   * @param identifier of the account that it has to be, if the person has named one
   * @returns the user error if it failed
   */
  logInWithPasskey(
    credential: string,
    identifier: string | undefined,
    client: LogInClient,
  ): Promise<Opened | { error: InputError<LogInWithPasskeyErrorCode> }>;
  /**
   * Logs in somebody who has just logged in at the provider of a linked identity.
   *
   * @returns null if the account or the link has been deleted since
   */
  logInWithLinkedIdentity(
    identity: { userId: bigint; linkedIdentityId: bigint },
    client: LogInClient,
  ): Promise<Opened | Challenged | null>;
};

/** The ways to log in. What opens a session, and what tokens it has, is up to the session service. */
export function createLogInService(deps: {
  pool: pg.Pool;
  attempts: AttemptService;
  passwords: PasswordHasher;
  assertions: AssertionService;
  devices: KnownDeviceService;
  codes: CodeService;
  sessions: Pick<SessionService, 'open'>;
}): LogInService {
  const { pool, attempts, passwords, assertions, devices, codes, sessions } = deps;

  /** Replaces a hash that was made with other parameters. @returns the stored hash, unless it is of another password */
  const rehash = async (userId: bigint, password: string, before: string): Promise<string> => {
    if (!passwords.isOutdated(before)) return before;
    const after = await passwords.hash(password);
    if (await replacePasswordHash(pool, userId, before, after)) return after;
    // Another login has replaced it, or the password was changed. With the former hash, no session is opened.
    const stored = await findPasswordHash(pool, userId);
    return stored !== null && (await passwords.matches(password, stored)) ? stored : before;
  };

  /** @returns null if the first factor was changed or deleted in the meantime */
  const challenge = async (userId: bigint, device: string, first: FirstFactor): Promise<Challenged | null> => {
    const token = randomBytes(CHALLENGE_BYTES).toString('base64url');
    const expiresAt = new Date(Date.now() + CHALLENGE_MS);
    const added = await addChallenge(pool, { hash: hashToken(token), userId, device, first, expiresAt });
    return added ? { challenge: { token, expiresAt } } : null;
  };

  const WRONG = { error: inputError('CREDENTIALS_WRONG', 'password') };
  const INVALID = { error: inputError('CHALLENGE_INVALID', 'challenge') };

  const authenticate: LogInService['authenticate'] = async (identifier, password, { network, device }) => {
    const credential = await findCredential(pool, identifier);
    const subject: AttemptSubject = credential
      ? { userId: credential.userId, by: credential.isUsername ? 'username' : 'email' }
      : { unknown: uniqueForm(identifier) };
    const passwordHash = credential?.passwordHash ?? null;
    const error = await attempts.check({ subject, password, passwordHash, network });
    // The error must not reveal whether the account exists.
    if (error) return error.code === 'PASSWORD_WRONG' ? WRONG : { error: { ...error, code: error.code } };
    const { userId } = credential!;
    const current = await rehash(userId, password, passwordHash!);
    if (await codes.areNeeded(userId)) return (await challenge(userId, device, { passwordHash: current })) ?? WRONG;
    return { userId, shown: { passwordHash: current, hasCode: false } };
  };

  const answerChallenge = async (
    token: string,
    code: string,
    network: string | undefined,
    isAccepted: (first: FirstFactor) => boolean = () => true,
  ): Promise<
    { userId: bigint; device: string; first: FirstFactor } | { error: InputError<CompleteLogInErrorCode> }
  > => {
    const hash = hashToken(token);
    const found = await findChallenge(pool, hash);
    if (!found || !isAccepted(found.first)) return INVALID;
    const { userId } = found;
    const error = await codes.verify(userId, code);
    if (error) return { error };
    if (!(await takeChallenge(pool, hash))) return INVALID;
    await attempts.know(userId, network);
    return found;
  };

  const openWithLinkedIdentity = async (userId: bigint, device: string, shown: LinkedIdentityShown) => {
    const opened = await sessions.open(userId, device, shown);
    if (opened) await writeUse(pool, shown.linkedIdentityId);
    return opened;
  };

  return {
    authenticate,
    async authenticateWithCode(token, code, network) {
      // The pages about apps ask for the password, so a challenge of a linked identity does not complete their login.
      const outcome = await answerChallenge(token, code, network, (first) => 'passwordHash' in first);
      if ('error' in outcome) return outcome;
      const { userId, device, first } = outcome;
      return 'passwordHash' in first ? { userId, device, shown: { ...first, hasCode: true } } : INVALID;
    },
    async logIn(identifier, password, client) {
      const outcome = await authenticate(identifier, password, client);
      if (!('shown' in outcome)) return outcome;
      const opened = await sessions.open(outcome.userId, client.device, outcome.shown);
      if (opened) await devices.note(outcome.userId, client);
      return opened ?? WRONG;
    },
    async completeLogIn(token, code, network) {
      const outcome = await answerChallenge(token, code, network);
      if ('error' in outcome) return outcome;
      const { userId, device, first } = outcome;
      const opened =
        'linkedIdentityId' in first
          ? await openWithLinkedIdentity(userId, device, { ...first, hasCode: true })
          : await sessions.open(userId, device, { ...first, hasCode: true });
      if (opened) await devices.note(userId, { network, device });
      return opened ?? INVALID;
    },
    async logInWithPasskey(credential, identifier, client) {
      const invalid = { error: inputError('PASSKEY_INVALID', 'credential') };
      const assertion = await assertions.check(credential, { purpose: 'LOG_IN' });
      if (!assertion) return invalid;
      const { userId, passkeyId } = assertion;
      if (identifier !== undefined && (await findCredential(pool, identifier))?.userId !== userId) return invalid;
      const opened = await sessions.open(userId, client.device, { passkeyId });
      if (!opened) return invalid;
      await attempts.know(userId, client.network);
      await devices.note(userId, client);
      return opened;
    },
    async logInWithLinkedIdentity({ userId, linkedIdentityId }, client) {
      if (await codes.areNeeded(userId)) return challenge(userId, client.device, { linkedIdentityId });
      const opened = await openWithLinkedIdentity(userId, client.device, { linkedIdentityId, hasCode: false });
      if (!opened) return null;
      await attempts.know(userId, client.network);
      await devices.note(userId, client);
      return opened;
    },
  };
}
