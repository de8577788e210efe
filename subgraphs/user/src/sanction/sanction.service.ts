import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { AccountPublisher } from '#account/account.publisher.ts';
import { lockState, setState } from '#account/closure.repository.ts';
import { findVisibility } from '#account/visibility.repository.ts';
import type { VisibilityService } from '#account/visibility.service.ts';
import { findGrantsInUse } from '#app/grant.repository.ts';
import type { SanctionAction } from '#generated/graphql.ts';
import type { SanctionNoticeKind } from '#mail/account-mail.model.ts';
import { addSanctionNotice } from '#mail/account-mail.repository.ts';
import type { SessionStateStore } from '#session/session-state.store.ts';
import { ACCESS_TOKEN_S } from '#session/token.rules.ts';
import type { Sanction } from './sanction.model.ts';
import { addSanction, findSessionsInUse, isBanned, reviewSanction } from './sanction.repository.ts';

export type SanctionService = {
  /**
   * Lets a decision take effect, and tells the person. Repeats change nothing.
   *
   * @returns false if the account is deleted
   * @throws RequestError UNAVAILABLE if a banned account cannot be hidden at once, OVERLOADED
   */
  impose(sanction: Sanction): Promise<boolean>;
  /**
   * Tells the person that a decision was upheld or reversed, and ends its effect if it was reversed. Repeats change
   * nothing.
   *
   * @returns false if the account is deleted
   */
  review(review: { decisionId: bigint; userId: bigint; isReversed: boolean }): Promise<boolean>;
};

const NOTICES = {
  WARN: 'WARNED',
  SUSPEND: 'SUSPENDED',
  BAN: 'BANNED',
  HIDE: 'CONTENT_HIDDEN',
  REMOVE: 'CONTENT_REMOVED',
} as const satisfies Record<SanctionAction, SanctionNoticeKind>;

/** A session that got its last access token earlier has none that is still valid. */
const IN_USE_S = ACCESS_TOKEN_S + 60;

/**
 * What moderators decided about people. The mail and the event are written with the sanction, so that each decision is
 * told once, however often it is repeated.
 */
export function createSanctionService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  publisher: AccountPublisher;
  visibility: VisibilityService;
  sessionState: SessionStateStore;
}): SanctionService {
  const { pool, ids, publisher, visibility, sessionState } = deps;

  const write = async (tx: pg.PoolClient, sanction: Sanction): Promise<boolean> => {
    const { decisionId, userId, action } = sanction;
    const state = await lockState(tx, userId);
    if (state === null || state === 'DELETED') return false;
    if (!(await addSanction(tx, sanction))) return true;
    await addSanctionNotice(tx, { id: ids.next(), userId, kind: NOTICES[action], decisionId });
    await publisher.sanctionImposed(tx, { userId, decisionId });
    // A deactivated account is hidden already. It becomes BANNED instead of ACTIVE when its owner logs in.
    if (action === 'BAN' && state === 'ACTIVE') await publisher.deactivated(tx, await setState(tx, userId, 'BANNED'));
    return true;
  };

  return {
    async impose(sanction) {
      const { userId, action } = sanction;
      const before = await findVisibility(pool, userId);
      if (!before || before.state === 'DELETED') return false;
      const exists =
        action === 'BAN'
          ? await visibility.hide(userId, 'closed', (tx) => write(tx, sanction))
          : await transaction(pool, (tx) => write(tx, sanction));
      // After the commit, so that a session that is not among these was opened or refreshed later, and is known to be
      // suspended.
      if (exists && (action === 'SUSPEND' || action === 'BAN')) {
        const sessions = await findSessionsInUse(pool, userId, IN_USE_S);
        await sessionState.suspend([...sessions, ...(await findGrantsInUse(pool, userId))].map(String));
      }
      return exists;
    },
    review: (review) =>
      transaction(pool, async (tx) => {
        const { decisionId, userId, isReversed } = review;
        const state = await lockState(tx, userId);
        if (state === null || state === 'DELETED') return false;
        if (!(await reviewSanction(tx, review))) return true;
        const kind = isReversed ? 'DECISION_REVERSED' : 'DECISION_UPHELD';
        await addSanctionNotice(tx, { id: ids.next(), userId, kind, decisionId });
        await publisher.sanctionReviewed(tx, { userId, decisionId });
        // Another ban may be in effect.
        if (state === 'BANNED' && !(await isBanned(tx, userId)))
          await publisher.reactivated(tx, await setState(tx, userId, 'ACTIVE'));
        return true;
      }),
  };
}
