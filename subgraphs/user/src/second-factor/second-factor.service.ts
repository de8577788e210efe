import { requireViewer } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { seal, unseal } from '@tintype/service';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { findPasswordHash, lockState } from '#account/closure.repository.ts';
import type { AttemptService } from '#attempt/attempt.service.ts';
import { setPendingEmail } from '#email/email.repository.ts';
import type {
  DisableTwoFactorErrorCode,
  EnableTwoFactorErrorCode,
  ReplaceRecoveryCodesErrorCode,
  StartTwoFactorSetupErrorCode,
} from '#generated/graphql.ts';
import { addNotice } from '#mail/account-mail.repository.ts';
import { findPersonalData } from '#password/credential.repository.ts';
import { revokeOtherSessions } from '#session/session.repository.ts';
import type { SessionStateStore } from '#session/session-state.store.ts';
import { accountEnded, type InputError, inputError } from '../errors.ts';
import { hashRecoveryCode, newRecoveryCodes, newSharedSecret, setupUri, stepOf } from './code.rules.ts';
import type { TwoFactorModel } from './second-factor.model.ts';
import {
  enableSecondFactor,
  findSecondFactor,
  findTwoFactor,
  lockSecondFactor,
  removeSecondFactor,
  replaceRecoveryCodes,
  startSetup,
  takeRecoveryCode,
  takeStep,
} from './second-factor.repository.ts';

export type WrongCode = InputError<'CODE_WRONG' | 'TOO_MANY_ATTEMPTS'>;
export type CodeError = WrongCode | InputError<'CODE_REQUIRED'>;

/** Codes that are shown once. */
type Codes<Code extends string> =
  | { recoveryCodes: string[] }
  | { error: InputError<Extract<Code, InputError['code']>> };

export type SecondFactorService = {
  find(userId: bigint): Promise<TwoFactorModel>;
  isEnabled(userId: bigint): Promise<boolean>;
  /**
   * Whether somebody who has shown the password may go on. Uses the code up.
   *
   * @returns the user error; null if the code is right, or the account has no second factor
   */
  demand(userId: bigint, code: string | null | undefined): Promise<CodeError | null>;
  /** The same with a code that was given, even if it is empty. */
  verify(userId: bigint, code: string): Promise<WrongCode | null>;
  start(
    identity: Identity,
    password: string,
  ): Promise<{ secret: string; uri: string } | { error: InputError<StartTwoFactorSetupErrorCode> }>;
  enable(identity: Identity, code: string): Promise<Codes<EnableTwoFactorErrorCode>>;
  /** @returns the user error, or null */
  disable(identity: Identity, password: string, code: string): Promise<InputError<DisableTwoFactorErrorCode> | null>;
  replaceCodes(identity: Identity, password: string, code: string): Promise<Codes<ReplaceRecoveryCodesErrorCode>>;
};

/** The domain of the seal. */
const PURPOSE = 'tintype user second factors v1';

export function createSecondFactorService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  attempts: AttemptService;
  sessionState: SessionStateStore;
  /** The platform's secret, which seals shared secrets. */
  secret: string;
}): SecondFactorService {
  const { pool, ids, attempts, sessionState, secret } = deps;

  const isRight = async (userId: bigint, sealedSecret: Uint8Array, code: string): Promise<boolean> => {
    const shared = unseal(sealedSecret, secret, PURPOSE);
    const step = shared === null ? null : stepOf(shared, code.trim());
    return step !== null && takeStep(pool, userId, sealedSecret, step);
  };

  const recovers = (userId: bigint, code: string): Promise<boolean> =>
    transaction(pool, async (tx) => {
      const taken = await takeRecoveryCode(tx, userId, hashRecoveryCode(userId, code));
      if (taken) await addNotice(tx, { id: ids.next(), userId, kind: 'RECOVERY_CODE_USED' });
      return taken;
    });

  const compare = (
    userId: bigint,
    { sealedSecret }: { sealedSecret: Uint8Array },
    code: string,
  ): Promise<WrongCode | null> =>
    attempts.checkCode(userId, async () => (await isRight(userId, sealedSecret, code)) || recovers(userId, code));

  const verify: SecondFactorService['verify'] = async (userId, code) => {
    const factor = await findSecondFactor(pool, userId);
    return factor?.enabledAt ? compare(userId, factor, code) : null;
  };

  const demand: SecondFactorService['demand'] = async (userId, code) => {
    const factor = await findSecondFactor(pool, userId);
    if (!factor?.enabledAt) return null;
    return code ? compare(userId, factor, code) : inputError('CODE_REQUIRED', 'code');
  };

  const checkPassword = async (identity: Identity, password: string) => {
    const { userId } = requireViewer(identity);
    const passwordHash = await findPasswordHash(pool, userId);
    return attempts.check({ subject: { userId }, password, passwordHash, network: identity.network });
  };

  /** The password and a code. @returns the user error, or null */
  const checkBoth = async (identity: Identity, password: string, code: string) => {
    const error = await checkPassword(identity, password);
    if (error) return error;
    return verify(requireViewer(identity).userId, code);
  };

  const renewCodes = async (tx: pg.PoolClient, userId: bigint): Promise<string[]> => {
    const codes = newRecoveryCodes();
    await replaceRecoveryCodes(
      tx,
      userId,
      codes.map((code) => hashRecoveryCode(userId, code)),
    );
    return codes;
  };

  return {
    find: (userId) => findTwoFactor(pool, userId),
    isEnabled: async (userId) => (await findTwoFactor(pool, userId)).enabledAt !== null,
    demand,
    verify,

    async start(identity, password) {
      const { userId } = requireViewer(identity);
      const error = await checkPassword(identity, password);
      if (error) return { error };
      const owner = await findPersonalData(pool, userId);
      if (!owner) throw accountEnded();
      const shared = newSharedSecret();
      const started = await startSetup(pool, userId, seal(shared, secret, PURPOSE));
      if (!started) return { error: inputError('TWO_FACTOR_ENABLED') };
      return { secret: shared, uri: setupUri(shared, owner.username) };
    },

    async enable(identity, code) {
      const { userId, sessionId } = requireViewer(identity);
      const factor = await findSecondFactor(pool, userId);
      if (!factor || factor.enabledAt) return { error: inputError('SETUP_NOT_STARTED') };
      const { sealedSecret } = factor;
      const wrong = await attempts.checkCode(userId, () => isRight(userId, sealedSecret, code));
      if (wrong) return { error: wrong };
      const enabled = await transaction(pool, async (tx) => {
        if ((await lockState(tx, userId)) !== 'ACTIVE') throw accountEnded();
        if (!(await enableSecondFactor(tx, userId, sealedSecret))) return null;
        // Whoever knew the password may have logged in, or begun to change the address.
        await setPendingEmail(tx, userId, null);
        const ended = await revokeOtherSessions(tx, userId, BigInt(sessionId));
        await addNotice(tx, { id: ids.next(), userId, kind: 'TWO_FACTOR_ENABLED' });
        return { ended, recoveryCodes: await renewCodes(tx, userId) };
      });
      if (!enabled) return { error: inputError('SETUP_NOT_STARTED') };
      const { ended, recoveryCodes } = enabled;
      await sessionState.deny(ended.map(String));
      return { recoveryCodes };
    },

    async disable(identity, password, code) {
      const { userId } = requireViewer(identity);
      const error = await checkBoth(identity, password, code);
      if (error) return error;
      await transaction(pool, async (tx) => {
        // As with all changes: the account first.
        await lockState(tx, userId);
        if (!(await lockSecondFactor(tx, userId))) return;
        await removeSecondFactor(tx, userId);
        await addNotice(tx, { id: ids.next(), userId, kind: 'TWO_FACTOR_DISABLED' });
      });
      return null;
    },

    async replaceCodes(identity, password, code) {
      const { userId } = requireViewer(identity);
      const error = await checkBoth(identity, password, code);
      if (error) return { error };
      return transaction(pool, async (tx) => {
        if (!(await lockSecondFactor(tx, userId))) return { error: inputError('TWO_FACTOR_DISABLED') };
        return { recoveryCodes: await renewCodes(tx, userId) };
      });
    },
  };
}
