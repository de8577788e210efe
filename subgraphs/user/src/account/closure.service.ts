import { type Idempotency, requireViewer } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { eraseApps } from '#app/app.repository.ts';
import { deleteGrants, deleteGrantsToAppsOf, findGrantsInUse } from '#app/grant.repository.ts';
import { eraseAttempts } from '#attempt/attempt.repository.ts';
import { endExports } from '#data-export/data-export.repository.ts';
import { eraseDevices } from '#device/known-device.repository.ts';
import { eraseEmailTokens } from '#email/email-token.repository.ts';
import { eraseLinkedIdentities } from '#identity-provider/linked-identity.repository.ts';
import { eraseMails } from '#mail/account-mail.repository.ts';
import { erasePasskeys } from '#passkey/passkey.repository.ts';
import { removeRole } from '#role/role.repository.ts';
import { eraseSanctions } from '#sanction/sanction.repository.ts';
import type { CodeError } from '#second-factor/code.service.ts';
import type { Confirmation, ConfirmationError, ConfirmationService } from '#second-factor/confirmation.service.ts';
import { removeChallenges } from '#second-factor/login-challenge.repository.ts';
import { removeSecondFactor } from '#second-factor/second-factor.repository.ts';
import { deleteSessions, revokeSessions } from '#session/session.repository.ts';
import type { SessionStateStore } from '#session/session-state.store.ts';
import type { AccountState } from './account.model.ts';
import type { AccountPublisher } from './account.publisher.ts';
import { scrubAccount, setState } from './closure.repository.ts';
import type { VisibilityService } from './visibility.service.ts';

export type ClosureService = {
  /**
   * Hides the account until its owner logs in again. Repeats change nothing.
   *
   * @returns the user error, or null
   * @throws RequestError UNAUTHENTICATED if the account is deleted, UNAVAILABLE if it cannot be hidden at once,
   * OVERLOADED
   */
  deactivate(identity: Identity, shown: Confirmation): Promise<ConfirmationError | null>;
  /**
   * Deletes the account for good, even if it is hidden. Other subgraphs erase their data of the person when they get
   * the event.
   *
   * @returns the user error, or null
   * @throws RequestError UNAUTHENTICATED if it is already deleted, UNAVAILABLE if it cannot be hidden at once,
   * OVERLOADED
   */
  delete(identity: Identity, shown: Confirmation): Promise<ConfirmationError | CodeError | null>;
};

/**
 * Closes accounts. Each change locks the account's row, as edits and logins to a hidden account do. Of two concurrent
 * changes, the second one sees what the first one did.
 */
export function createClosureService(deps: {
  pool: Executor;
  confirmations: ConfirmationService;
  idempotency: Pick<Idempotency, 'erase'>;
  publisher: AccountPublisher;
  visibility: VisibilityService;
  sessionState: SessionStateStore;
}): ClosureService {
  const { pool, confirmations, idempotency, publisher, visibility, sessionState } = deps;

  /** @param end ends the sessions and makes the other changes. The returned sessions are denied */
  const close = async (
    identity: Identity,
    end: (tx: pg.PoolClient, userId: bigint, state: AccountState) => Promise<bigint[]>,
  ): Promise<void> => {
    const { userId, sessionId } = requireViewer(identity);
    const ended = await visibility.hide(userId, 'closed', async (tx, { state }) => {
      // Includes the current session: if the client repeats this with a token that was not refused, writing the end to
      // Redis may have failed the first time.
      const sessions = new Set([...(await end(tx, userId, state)), BigInt(sessionId)]);
      return sessionState.announceEnd([...sessions]);
    });
    await sessionState.deny(ended);
  };

  return {
    async deactivate(identity, shown) {
      const error = await confirmations.confirmWithoutCode(identity, shown);
      if (error) return error;
      await close(identity, async (tx, userId, state) => {
        if (state === 'ACTIVE') {
          await publisher.deactivated(tx, await setState(tx, userId, 'DEACTIVATED'));
        }
        return [...(await deleteGrants(tx, userId)), ...(await revokeSessions(tx, userId))];
      });
      // After the commit, as for a suspension. They are not ended: their apps may act again when the owner logs in.
      const grantIds = await findGrantsInUse(pool, requireViewer(identity).userId);
      await sessionState.suspend(grantIds.map(String));
      return null;
    },
    async delete(identity, shown) {
      const error = await confirmations.confirm(identity, shown);
      if (error) return error;
      await close(identity, async (tx, userId) => {
        await eraseAttempts(tx, userId);
        await eraseDevices(tx, userId);
        await endExports(tx, userId);
        await eraseMails(tx, userId);
        await eraseEmailTokens(tx, userId);
        await eraseSanctions(tx, userId);
        await removeSecondFactor(tx, userId);
        await removeChallenges(tx, userId);
        await erasePasskeys(tx, userId);
        await eraseLinkedIdentities(tx, userId);
        const role = await removeRole(tx, userId);
        if (role) await publisher.roleRevoked(tx, { userId, by: userId, role });
        await idempotency.erase(tx, userId);
        const { avatarUploadId, visibilityVersion } = await scrubAccount(tx, userId);
        if (avatarUploadId !== null) await publisher.avatarReplaced(tx, userId, avatarUploadId);
        await publisher.deleted(tx, userId, visibilityVersion);
        const grantIds = [...(await deleteGrants(tx, userId)), ...(await deleteGrantsToAppsOf(tx, userId))];
        await eraseApps(tx, userId);
        return [...grantIds, ...(await deleteSessions(tx, userId))];
      });
      return null;
    },
  };
}
