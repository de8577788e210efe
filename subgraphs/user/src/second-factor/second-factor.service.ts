import { requireViewer } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { seal } from '@tintype/service';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { lockState } from '#account/closure.repository.ts';
import { deleteGrants } from '#app/grant.repository.ts';
import { findEmail, setPendingEmail } from '#email/email.repository.ts';
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
import { hashRecoveryCode, newRecoveryCodes, newSharedSecret, SEAL_PURPOSE, setupUri } from './code.rules.ts';
import type { CodeService } from './code.service.ts';
import type { Confirmation, ConfirmationService } from './confirmation.service.ts';
import type { TwoFactorModel } from './second-factor.model.ts';
import {
  enableSecondFactor,
  findSecondFactor,
  findTwoFactor,
  lockSecondFactor,
  removeSecondFactor,
  replaceRecoveryCodes,
  startSetup,
} from './second-factor.repository.ts';

/** Codes that are shown once. */
type Codes<Code extends string> =
  | { recoveryCodes: string[] }
  | { error: InputError<Extract<Code, InputError['code']>> };

export type SecondFactorService = {
  find(userId: bigint): Promise<TwoFactorModel>;
  start(
    identity: Identity,
    shown: Confirmation,
  ): Promise<{ secret: string; uri: string } | { error: InputError<StartTwoFactorSetupErrorCode> }>;
  enable(identity: Identity, code: string): Promise<Codes<EnableTwoFactorErrorCode>>;
  /** @returns the user error, or null */
  disable(identity: Identity, shown: Confirmation): Promise<InputError<DisableTwoFactorErrorCode> | null>;
  replaceCodes(identity: Identity, shown: Confirmation): Promise<Codes<ReplaceRecoveryCodesErrorCode>>;
};

export function createSecondFactorService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  codes: CodeService;
  confirmations: ConfirmationService;
  sessionState: SessionStateStore;
  /** Whether the platform sends mail, so that addresses can be verified. */
  hasMail: boolean;
  /** The platform's secret, which seals shared secrets. */
  secret: string;
}): SecondFactorService {
  const { pool, ids, codes, confirmations, sessionState, hasMail, secret } = deps;

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

    async start(identity, shown) {
      const { userId } = requireViewer(identity);
      const error = await confirmations.confirmWithoutCode(identity, shown);
      if (error) return { error };
      const [owner, email] = await Promise.all([findPersonalData(pool, userId), findEmail(pool, userId)]);
      if (!owner || !email) throw accountEnded();
      // Somebody who registered with another person's address must not lock the person out who receives mail there.
      if (hasMail && !email.verifiedAt) return { error: inputError('EMAIL_UNVERIFIED') };
      const shared = newSharedSecret();
      const started = await startSetup(pool, userId, seal(shared, secret, SEAL_PURPOSE));
      if (!started) return { error: inputError('TWO_FACTOR_ENABLED') };
      return { secret: shared, uri: setupUri(shared, owner.username) };
    },

    async enable(identity, code) {
      const { userId, sessionId } = requireViewer(identity);
      const factor = await findSecondFactor(pool, userId);
      if (!factor || factor.enabledAt) return { error: inputError('SETUP_NOT_STARTED') };
      const { sealedSecret } = factor;
      const wrong = await codes.verifyWith(sealedSecret, userId, code);
      if (wrong) return { error: wrong };
      const enabled = await transaction(pool, async (tx) => {
        if ((await lockState(tx, userId)) !== 'ACTIVE') throw accountEnded();
        if (!(await enableSecondFactor(tx, userId, sealedSecret))) return null;
        // Whoever knew the password may have logged in, or begun to change the address.
        await setPendingEmail(tx, userId, null);
        const grants = await deleteGrants(tx, userId);
        const others = await revokeOtherSessions(tx, userId, BigInt(sessionId));
        await addNotice(tx, { id: ids.next(), userId, kind: 'TWO_FACTOR_ENABLED' });
        const recoveryCodes = await renewCodes(tx, userId);
        return { ended: await sessionState.announceEnd([...grants, ...others]), recoveryCodes };
      });
      if (!enabled) return { error: inputError('SETUP_NOT_STARTED') };
      const { ended, recoveryCodes } = enabled;
      await sessionState.deny(ended);
      return { recoveryCodes };
    },

    async disable(identity, shown) {
      const { userId } = requireViewer(identity);
      const error = await confirmations.confirmWithCode(identity, shown);
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

    async replaceCodes(identity, shown) {
      const { userId } = requireViewer(identity);
      const error = await confirmations.confirmWithCode(identity, shown);
      if (error) return { error };
      return transaction(pool, async (tx) => {
        if (!(await lockSecondFactor(tx, userId))) return { error: inputError('TWO_FACTOR_DISABLED') };
        return { recoveryCodes: await renewCodes(tx, userId) };
      });
    },
  };
}
