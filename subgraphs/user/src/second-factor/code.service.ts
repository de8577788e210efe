import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { unseal } from '@tintype/service';
import type pg from 'pg';
import type { AttemptService } from '#attempt/attempt.service.ts';
import { addNotice } from '#mail/account-mail.repository.ts';
import { type InputError, inputError } from '../errors.ts';
import { hashRecoveryCode, SEAL_PURPOSE, stepOf } from './code.rules.ts';
import { findSecondFactor, findTwoFactor, takeRecoveryCode, takeStep } from './second-factor.repository.ts';

export type WrongCode = InputError<'CODE_WRONG' | 'TOO_MANY_ATTEMPTS'>;
export type CodeError = WrongCode | InputError<'CODE_REQUIRED'>;

/** Codes of second factors, and recovery codes. */
export type CodeService = {
  /** Whether the account has a second factor. */
  areNeeded(userId: bigint): Promise<boolean>;
  /**
   * Whether somebody who has shown the password may go on. Uses the code up.
   *
   * @returns the user error; null if the code is right, or the account has no second factor
   */
  demand(userId: bigint, code: string | null | undefined): Promise<CodeError | null>;
  /** The same with a code that was given, even if it is empty. */
  verify(userId: bigint, code: string): Promise<WrongCode | null>;
  /**
   * Whether a code is one of this shared secret, and no recovery code. Uses the code up.
   *
   * @returns the user error, or null
   */
  verifyWith(sealedSecret: Uint8Array, userId: bigint, code: string): Promise<WrongCode | null>;
};

export function createCodeService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  attempts: AttemptService;
  /** The platform's secret, which seals shared secrets. */
  secret: string;
}): CodeService {
  const { pool, ids, attempts, secret } = deps;

  const isRight = async (userId: bigint, sealedSecret: Uint8Array, code: string): Promise<boolean> => {
    const shared = unseal(sealedSecret, secret, SEAL_PURPOSE);
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

  const verify: CodeService['verify'] = async (userId, code) => {
    const factor = await findSecondFactor(pool, userId);
    return factor?.enabledAt ? compare(userId, factor, code) : null;
  };

  const demand: CodeService['demand'] = async (userId, code) => {
    const factor = await findSecondFactor(pool, userId);
    if (!factor?.enabledAt) return null;
    return code ? compare(userId, factor, code) : inputError('CODE_REQUIRED', 'code');
  };

  return {
    areNeeded: async (userId) => (await findTwoFactor(pool, userId)).enabledAt !== null,
    demand,
    verify,
    verifyWith: (sealedSecret, userId, code) => attempts.checkCode(userId, () => isRight(userId, sealedSecret, code)),
  };
}
