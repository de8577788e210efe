import { type Remember, requireViewer } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { checkEmail, uniqueForm } from '#account/account.rules.ts';
import { findPasswordHash, lockState } from '#account/closure.repository.ts';
import { deleteGrants } from '#app/grant.repository.ts';
import { eraseNetworks } from '#attempt/attempt.repository.ts';
import type { AttemptService } from '#attempt/attempt.service.ts';
import { eraseDevices } from '#device/known-device.repository.ts';
import type { KnownDeviceService } from '#device/known-device.service.ts';
import { lockEmail, setPendingEmail } from '#email/email.repository.ts';
import { expireEmailTokens, findEmailToken, takeEmailToken } from '#email/email-token.repository.ts';
import { hashEmailToken } from '#email/email-token.rules.ts';
import type {
  ChangePasswordErrorCode,
  ChangePasswordInput,
  RequestPasswordResetErrorCode,
  ResetPasswordErrorCode,
  ResetPasswordInput,
} from '#generated/graphql.ts';
import { deleteUnverifiedIdentities } from '#identity-provider/linked-identity.repository.ts';
import { addNotice, addResetMail } from '#mail/account-mail.repository.ts';
import { deleteUnverifiedPasskeys } from '#passkey/passkey.repository.ts';
import type { CodeService } from '#second-factor/code.service.ts';
import { removeChallenges } from '#second-factor/login-challenge.repository.ts';
import { removeUnfinishedSetup } from '#second-factor/second-factor.repository.ts';
import { findDevice, revokeOtherSessions, revokeSessions } from '#session/session.repository.ts';
import type { SessionStateStore } from '#session/session-state.store.ts';
import { accountEnded, type InputError, inputError } from '../errors.ts';
import { findPersonalData, replacePasswordHash, setPasswordHash } from './credential.repository.ts';
import type { PasswordCheck } from './password.check.ts';
import type { PasswordHasher } from './password.hasher.ts';

export type PasswordService = {
  /**
   * Also ends all other sessions, and forgets other devices and networks.
   *
   * @returns the user error, or null
   * @throws RequestError OVERLOADED
   */
  change(
    identity: Identity,
    input: ChangePasswordInput,
    remember: Remember,
  ): Promise<InputError<ChangePasswordErrorCode> | null>;
  /** For a repeated request: whether the password is the one that the first one set. @throws RequestError OVERLOADED */
  isSet(userId: bigint, password: string, network: string | undefined): Promise<boolean>;
  /** Takes the same time whether or not there is such an account. @returns the user error, or null */
  requestReset(email: string): Promise<InputError<RequestPasswordResetErrorCode> | null>;
  /**
   * Also ends all sessions, and removes the passkeys and linked identities that are older than the verification of the
   * address.
   *
   * @returns the user error, or null
   * @throws RequestError OVERLOADED
   */
  reset(input: ResetPasswordInput, remember: Remember): Promise<InputError<ResetPasswordErrorCode> | null>;
};

export function createPasswordService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  passwords: PasswordHasher;
  checkPassword: PasswordCheck;
  attempts: AttemptService;
  devices: Pick<KnownDeviceService, 'forgetOthers'>;
  codes: CodeService;
  sessionState: SessionStateStore;
  /** Whether the platform sends mail. */
  hasMail: boolean;
}): PasswordService {
  const { pool, ids, passwords, checkPassword, attempts, devices, codes, sessionState, hasMail } = deps;

  const isWeak = async (userId: bigint, password: string): Promise<InputError<'PASSWORD_WEAK'> | null> => {
    const owner = await findPersonalData(pool, userId);
    if (!owner) throw accountEnded();
    const weak = await checkPassword(password, owner);
    return weak && inputError('PASSWORD_WEAK', 'newPassword', weak.message);
  };

  /** What follows from a new password, in the transaction that sets it. */
  const conclude = async (tx: pg.PoolClient, userId: bigint): Promise<void> => {
    await expireEmailTokens(tx, userId, 'RESET_PASSWORD');
    // Whoever knew the old password may have begun to change the address, or to set up a second factor.
    await setPendingEmail(tx, userId, null);
    await removeUnfinishedSetup(tx, userId);
    await removeChallenges(tx, userId);
    await addNotice(tx, { id: ids.next(), userId, kind: 'PASSWORD_CHANGED' });
  };

  return {
    async change(identity, { currentPassword, newPassword, code }, remember) {
      const { userId, sessionId } = requireViewer(identity);
      const before = await findPasswordHash(pool, userId);
      const attempt = {
        subject: { userId, by: 'id' } as const,
        password: currentPassword,
        passwordHash: before,
        network: identity.network,
      };
      const error = await attempts.check(attempt);
      if (error) return inputError(error.code, 'currentPassword', error.message);
      const weak = await isWeak(userId, newPassword);
      if (weak) return weak;
      const codeError = await codes.demand(userId, code);
      if (codeError) return codeError;
      const after = await passwords.hash(newPassword);
      const ended = await transaction(pool, async (tx) => {
        const state = await lockState(tx, userId);
        if (state !== 'ACTIVE' && state !== 'BANNED') throw accountEnded();
        if (!(await replacePasswordHash(tx, userId, before!, after))) return null;
        // Whoever knew the old password may have logged in. The next login from there is a new one.
        const device = await findDevice(tx, BigInt(sessionId), userId);
        await devices.forgetOthers(tx, userId, { device, network: identity.network });
        await attempts.forgetOtherNetworks(tx, userId, identity.network);
        await conclude(tx, userId);
        await remember(tx, [String(userId)]);
        const grants = await deleteGrants(tx, userId);
        const others = await revokeOtherSessions(tx, userId, BigInt(sessionId));
        return sessionState.announceEnd([...grants, ...others]);
      });
      if (!ended) return inputError('PASSWORD_WRONG', 'currentPassword');
      await sessionState.deny(ended);
      return null;
    },

    async isSet(userId, password, network) {
      const passwordHash = await findPasswordHash(pool, userId);
      return (await attempts.check({ subject: { userId, by: 'id' }, password, passwordHash, network })) === null;
    },

    async requestReset(email) {
      if (!hasMail) return inputError('MAIL_UNAVAILABLE');
      const invalid = checkEmail(email);
      if (invalid) return invalid;
      await addResetMail(pool, { id: ids.next(), email });
      return null;
    },

    async reset({ token, newPassword }, remember) {
      const hash = hashEmailToken(token);
      const invalid = inputError('TOKEN_INVALID', 'token');
      const found = await findEmailToken(pool, hash, 'RESET_PASSWORD');
      if (!found) return invalid;
      const { userId } = found;
      const weak = await isWeak(userId, newPassword);
      if (weak) return weak;
      const passwordHash = await passwords.hash(newPassword);
      const ended = await transaction(pool, async (tx) => {
        const email = await lockEmail(tx, userId);
        const isCurrent = email !== null && uniqueForm(email.address) === uniqueForm(found.email);
        if (!isCurrent || !(await takeEmailToken(tx, hash, 'RESET_PASSWORD'))) return null;
        await setPasswordHash(tx, userId, passwordHash);
        // Whoever had the account before its address was that of this person must not be able to log in any more.
        if ((await deleteUnverifiedPasskeys(tx, userId)) > 0)
          await addNotice(tx, { id: ids.next(), userId, kind: 'PASSKEY_DELETED' });
        if ((await deleteUnverifiedIdentities(tx, userId)) > 0)
          await addNotice(tx, { id: ids.next(), userId, kind: 'IDENTITY_UNLINKED' });
        await attempts.forgetPasswords(tx, userId);
        await eraseNetworks(tx, userId);
        await eraseDevices(tx, userId);
        await conclude(tx, userId);
        await remember(tx, [String(userId)], userId);
        return sessionState.announceEnd([...(await deleteGrants(tx, userId)), ...(await revokeSessions(tx, userId))]);
      });
      if (!ended) return invalid;
      await sessionState.deny(ended);
      return null;
    },
  };
}
