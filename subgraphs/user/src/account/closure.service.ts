import { type Idempotency, requireViewer } from '@tintype/graphql';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { eraseAttempts } from '#attempt/attempt.repository.ts';
import type { AttemptError, AttemptService } from '#attempt/attempt.service.ts';
import { eraseDevices } from '#device/known-device.repository.ts';
import { eraseEmailTokens } from '#email/email-token.repository.ts';
import { eraseMails } from '#mail/account-mail.repository.ts';
import { removeChallenges } from '#second-factor/login-challenge.repository.ts';
import { removeSecondFactor } from '#second-factor/second-factor.repository.ts';
import type { CodeError, SecondFactorService } from '#second-factor/second-factor.service.ts';
import { deleteSessions, revokeSessions } from '#session/session.repository.ts';
import type { SessionStateStore } from '#session/session-state.store.ts';
import type { AccountState } from './account.model.ts';
import type { AccountPublisher } from './account.publisher.ts';
import { findPasswordHash, scrubAccount, setState } from './closure.repository.ts';
import type { VisibilityService } from './visibility.service.ts';

export type ClosureService = {
  /**
   * Hides the account until its owner logs in again. Repeats change nothing.
   *
   * @returns the user error, or null
   * @throws RequestError UNAUTHENTICATED if the account is deleted, UNAVAILABLE if it cannot be hidden at once,
   * OVERLOADED
   */
  deactivate(identity: Identity, password: string): Promise<AttemptError | null>;
  /**
   * Deletes the account for good, even if it is hidden. Other subgraphs erase their data of the person when they get
   * the event.
   *
   * @returns the user error, or null
   * @throws RequestError UNAUTHENTICATED if it is already deleted, UNAVAILABLE if it cannot be hidden at once,
   * OVERLOADED
   */
  delete(
    identity: Identity,
    password: string,
    code: string | null | undefined,
  ): Promise<AttemptError | CodeError | null>;
};

/**
 * Closes accounts. Each change locks the account's row, as edits and logins to a hidden account do. Of two concurrent
 * changes, the second one sees what the first one did.
 */
export function createClosureService(deps: {
  pool: pg.Pool;
  attempts: AttemptService;
  factors: SecondFactorService;
  idempotency: Pick<Idempotency, 'erase'>;
  publisher: AccountPublisher;
  visibility: VisibilityService;
  sessionState: SessionStateStore;
}): ClosureService {
  const { pool, attempts, factors, idempotency, publisher, visibility, sessionState } = deps;

  const checkPassword = async (identity: Identity, password: string): Promise<AttemptError | null> => {
    const { userId } = requireViewer(identity);
    const passwordHash = await findPasswordHash(pool, userId);
    return attempts.check({ subject: { userId }, password, passwordHash, network: identity.network });
  };

  /** @param end ends the sessions and makes the other changes. The returned sessions are denied after the commit */
  const close = async (
    identity: Identity,
    end: (tx: pg.PoolClient, userId: bigint, state: AccountState) => Promise<bigint[]>,
  ): Promise<void> => {
    const { userId, sessionId } = requireViewer(identity);
    const ended = await visibility.hide(userId, 'closed', (tx, { state }) => end(tx, userId, state));
    // Includes the current session: if the client repeats this with a token that was not refused, writing the end to
    // Redis may have failed the first time.
    await sessionState.deny([...new Set([...ended.map(String), sessionId])]);
  };

  return {
    async deactivate(identity, password) {
      const error = await checkPassword(identity, password);
      if (error) return error;
      await close(identity, async (tx, userId, state) => {
        if (state === 'ACTIVE') {
          await publisher.deactivated(tx, await setState(tx, userId, 'DEACTIVATED'));
        }
        return revokeSessions(tx, userId);
      });
      return null;
    },
    async delete(identity, password, code) {
      const error =
        (await checkPassword(identity, password)) ?? (await factors.demand(requireViewer(identity).userId, code));
      if (error) return error;
      await close(identity, async (tx, userId) => {
        await eraseAttempts(tx, userId);
        await eraseDevices(tx, userId);
        await eraseMails(tx, userId);
        await eraseEmailTokens(tx, userId);
        await removeSecondFactor(tx, userId);
        await removeChallenges(tx, userId);
        await idempotency.erase(tx, userId);
        const { avatarUploadId, visibilityVersion } = await scrubAccount(tx, userId);
        if (avatarUploadId !== null) await publisher.avatarReplaced(tx, userId, avatarUploadId);
        await publisher.deleted(tx, userId, visibilityVersion);
        return deleteSessions(tx, userId);
      });
      return null;
    },
  };
}
