import { requireViewer } from '@tintype/graphql';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { findPasswordHash } from '#account/closure.repository.ts';
import type { AttemptError, AttemptService } from '#attempt/attempt.service.ts';
import type { AssertionService } from '#passkey/assertion.service.ts';
import { type InputError, inputError } from '../errors.ts';
import type { CodeError, CodeService, WrongCode } from './code.service.ts';

/** What the viewer shows again before a dangerous change: the password and maybe a code, or a passkey instead. */
export type Confirmation = {
  password?: string | null | undefined;
  code?: string | null | undefined;
  passkey?: string | null | undefined;
};
/** What can be wrong with a password, or with a passkey instead of it. */
export type ConfirmationError = AttemptError | InputError<'PASSKEY_INVALID'>;

/** Whether the viewer may make a dangerous change. Each check uses the code or the answer of the passkey up. */
export type ConfirmationService = {
  /**
   * They show the password, and a code if the account has a second factor, or a passkey.
   *
   * @returns the user error, or null
   * @throws RequestError OVERLOADED
   */
  confirm(identity: Identity, shown: Confirmation): Promise<ConfirmationError | CodeError | null>;
  /** The same without a code. */
  confirmWithoutCode(identity: Identity, shown: Confirmation): Promise<ConfirmationError | null>;
  /** The same with a code even if none was sent, for changes of the second factor itself. */
  confirmWithCode(identity: Identity, shown: Confirmation): Promise<ConfirmationError | WrongCode | null>;
};

export function createConfirmationService(deps: {
  pool: pg.Pool;
  attempts: AttemptService;
  assertions: AssertionService;
  codes: CodeService;
}): ConfirmationService {
  const { pool, attempts, assertions, codes } = deps;

  const confirmWithoutCode: ConfirmationService['confirmWithoutCode'] = async (identity, { password, passkey }) => {
    const { userId, sessionId } = requireViewer(identity);
    if (typeof passkey === 'string') {
      const assertion = await assertions.check(passkey, { purpose: 'CONFIRM', userId, sessionId });
      return assertion ? null : inputError('PASSKEY_INVALID', 'passkey');
    }
    if (typeof password !== 'string') return inputError('PASSWORD_WRONG', 'password', 'Enter your password.');
    const passwordHash = await findPasswordHash(pool, userId);
    return attempts.check({ subject: { userId, by: 'id' }, password, passwordHash, network: identity.network });
  };

  /** @param checkCode what a code has to be. A passkey needs none, because it has verified its user */
  const confirmWith = async <Wrong>(
    identity: Identity,
    shown: Confirmation,
    checkCode: (userId: bigint) => Promise<Wrong | null>,
  ): Promise<ConfirmationError | Wrong | null> => {
    const error = await confirmWithoutCode(identity, shown);
    if (error || typeof shown.passkey === 'string') return error;
    return checkCode(requireViewer(identity).userId);
  };

  return {
    confirm: (identity, shown) => confirmWith(identity, shown, (userId) => codes.demand(userId, shown.code)),
    confirmWithoutCode,
    confirmWithCode: (identity, shown) =>
      confirmWith(identity, shown, (userId) => codes.verify(userId, shown.code ?? '')),
  };
}
