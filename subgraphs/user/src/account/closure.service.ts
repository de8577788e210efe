import type { Viewer } from '@tintype/viewer';
import type pg from 'pg';
import type { PasswordHasher } from '#session/password.ts';
import { deleteSessions, revokeSessions } from '#session/session.repository.ts';
import type { SessionDenial } from '#session/session-denial.ts';
import { type InputError, inputError } from '../errors.ts';
import type { AccountState } from './account.model.ts';
import type { AccountPublisher } from './account.publisher.ts';
import { findPasswordHash, scrubAccount, setState } from './closure.repository.ts';
import type { VisibilityService } from './visibility.service.ts';

export type ClosureService = {
  /**
   * Hides the account until its owner logs in again. Repeats change nothing.
   *
   * @returns what was wrong, or null
   * @throws RequestError UNAUTHENTICATED where the account is deleted, UNAVAILABLE where it cannot be hidden at once, OVERLOADED
   */
  deactivate(viewer: Viewer, password: string): Promise<InputError | null>;
  /**
   * Deletes the account for good, also one that is hidden. What others own of the person is removed by them, told by the event.
   *
   * @returns what was wrong, or null
   * @throws RequestError UNAUTHENTICATED where it is deleted already, UNAVAILABLE where it cannot be hidden at once, OVERLOADED
   */
  delete(viewer: Viewer, password: string): Promise<InputError | null>;
};

/**
 * Ends accounts. Each change holds the account's row, as logging in to a hidden account does and as edits do: of two that come at the
 * same time one is first, and the other sees what it did.
 */
export function createClosureService(deps: {
  pool: pg.Pool;
  passwords: PasswordHasher;
  publisher: AccountPublisher;
  visibility: VisibilityService;
  denial: SessionDenial;
}): ClosureService {
  const { pool, passwords, publisher, visibility, denial } = deps;

  /** @param end of the sessions, with what else is to be done; its ids are denied once it is committed */
  const close = async (
    { userId, sessionId }: Viewer,
    password: string,
    end: (tx: pg.PoolClient, state: AccountState) => Promise<bigint[]>,
  ): Promise<InputError | null> => {
    if (!(await passwords.matches(password, await findPasswordHash(pool, userId))))
      return inputError('CREDENTIALS_WRONG', 'password');
    const ended = await visibility.hide(userId, 'closed', (tx, { state }) => end(tx, state));
    // Its own as well: who repeats this with a token that was not refused may have met a failure of the denylist.
    await denial.deny([...new Set([...ended.map(String), sessionId])]);
    return null;
  };

  return {
    deactivate: ({ userId, sessionId }, password) =>
      close({ userId, sessionId }, password, async (tx, state) => {
        if (state === 'ACTIVE') {
          await publisher.deactivated(tx, await setState(tx, userId, 'DEACTIVATED'));
        }
        return revokeSessions(tx, userId);
      }),
    delete: ({ userId, sessionId }, password) =>
      close({ userId, sessionId }, password, async (tx) => {
        const { avatarKey, visibilityVersion } = await scrubAccount(tx, userId);
        if (avatarKey !== null) await publisher.avatarReplaced(tx, userId, avatarKey);
        await publisher.deleted(tx, userId, visibilityVersion);
        return deleteSessions(tx, userId);
      }),
  };
}
