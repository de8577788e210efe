import { platformIdentity, RequestError, type SubgraphClient } from '@tintype/graphql';
import { transaction } from '@tintype/postgres';
import { HideAccountDocument } from '@tintype/schema/internal/social-graph';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import { accountEnded } from '../errors.ts';
import type { AccountVisibility } from './account.model.ts';
import { findVisibility, lockVisibility, raiseVersion } from './visibility.repository.ts';

/** How an account is hidden. */
export type Hiding = 'private' | 'closed';

export type VisibilityService = {
  /**
   * Hides an account in the copy that the policy reads, then commits the change. If the copy cannot be written, nothing
   * is committed.
   *
   * @param commit writes the change in the given transaction, which holds the account's row. It may find nothing to do
   * @throws RequestError UNAUTHENTICATED if the account is deleted, UNAVAILABLE, OVERLOADED
   */
  hide<Outcome>(
    userId: bigint,
    hiding: Hiding,
    commit: (tx: pg.PoolClient, before: AccountVisibility) => Promise<Outcome>,
  ): Promise<Outcome>;
  /** Who may see the account, once no announced change with this version can be committed any more. */
  reconcile(userId: bigint, version: bigint): Promise<AccountVisibility | null>;
};

/** If somebody changes the same account at the same time, an attempt fails and is repeated this often. */
const ATTEMPTS = 5;
const VOID = Symbol('void');

/**
 * Hiding must not wait for an event, so it is first written in social-graph, which answers all questions about
 * relations. The version ties both steps together. The change is committed only with the announced version, so every
 * event that could show the account again is older than the copy. If the process dies in between, the copy stays hidden
 * until social-graph reconciles it.
 */
export function createVisibilityService(deps: { pool: pg.Pool; client: SubgraphClient; log: Log }): VisibilityService {
  const { pool, client, log } = deps;

  const announce = async (userId: bigint, hiding: Hiding, before: AccountVisibility): Promise<void> => {
    const variables = {
      userId: String(userId),
      visibilityVersion: String(before.visibilityVersion + 1n),
      isPrivate: hiding === 'private' || before.isPrivate,
      isDeactivated: hiding === 'closed',
    };
    try {
      await client.request(HideAccountDocument, variables, platformIdentity());
    } catch (error) {
      log.error({ error, userId: String(userId) }, 'An account could not be hidden.');
      throw new RequestError(
        'UNAVAILABLE',
        'This cannot be done at the moment, and nothing was changed. Try again soon.',
      );
    }
  };

  return {
    async hide(userId, hiding, commit) {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const before = await findVisibility(pool, userId);
        if (!before || before.state === 'DELETED') throw accountEnded();
        const isHidden = before.state !== 'ACTIVE' || (hiding === 'private' && before.isPrivate);
        if (!isHidden) await announce(userId, hiding, before);
        const outcome = await transaction(pool, async (tx) => {
          const now = await lockVisibility(tx, userId);
          return now?.visibilityVersion === before.visibilityVersion ? commit(tx, now) : VOID;
        });
        if (outcome !== VOID) return outcome;
      }
      throw new RequestError('OVERLOADED', 'This account is being changed by others. Try again in a moment.');
    },
    reconcile: (userId, version) => raiseVersion(pool, userId, version),
  };
}
