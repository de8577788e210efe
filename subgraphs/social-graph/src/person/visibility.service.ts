import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import { type Executor, transaction } from '@tintype/postgres';
import { ReconcileVisibilityDocument } from '@tintype/schema/internal/user';
import { counter } from '@tintype/telemetry';
import type pg from 'pg';
import { addAcceptance } from '#follow/acceptance.repository.ts';
import type { Visibility } from './person.model.ts';
import { applyVisibility, hidePerson, isPublicSince, listUnconfirmed } from './visibility.repository.ts';

export type VisibilityService = {
  /**
   * Stores who may see accounts, in one transaction. If one becomes public, a job accepts every follow request. Can run
   * twice.
   *
   * @param changes several of one account in the order in which they were made
   */
  apply(changes: readonly Visibility[]): Promise<void>;
  /** Hides an account before the user subgraph commits the change. */
  hide: (hidden: Parameters<typeof hidePerson>[1]) => Promise<void>;
  /** Asks the user subgraph about announced changes that were never confirmed. @returns how many it reconciled */
  reconcile(signal: AbortSignal): Promise<number>;
};

/** After this time, an announced change that has not arrived was not committed. */
const UNCONFIRMED_MS = 10_000;
const PAGE = 100;

const reconciled = counter(
  'social_graph_visibility_reconciled_total',
  'Accounts whose announced hiding was reconciled',
  ['outcome'],
);

export function createVisibilityService(deps: {
  pool: pg.Pool;
  client: SubgraphClient;
  /** Called after an account has become public. */
  onPublic(): void;
  unconfirmedMs?: number;
}): VisibilityService {
  const { pool, client, onPublic, unconfirmedMs = UNCONFIRMED_MS } = deps;

  /** @returns whether follow requests are to be accepted from now on */
  const applyOne = async (tx: Executor, visibility: Visibility): Promise<boolean> => {
    await applyVisibility(tx, visibility);
    return (
      (await isPublicSince(tx, visibility.id, visibility.visibilityVersion)) && (await addAcceptance(tx, visibility.id))
    );
  };

  const apply = async (changes: readonly Visibility[]): Promise<void> => {
    // In the order of ids, so that two transactions cannot deadlock. Changes of one account stay in their order.
    const ordered = changes.toSorted((one, other) => Number(one.id - other.id));
    const isPublic = await transaction(pool, async (tx) => {
      let any = false;
      for (const visibility of ordered) any = (await applyOne(tx, visibility)) || any;
      return any;
    });
    if (isPublic) onPublic();
  };

  const reconcileOne = async ({ id, visibilityVersion }: { id: bigint; visibilityVersion: bigint }): Promise<void> => {
    const variables = { userId: String(id), visibilityVersion: String(visibilityVersion) };
    const { reconcileVisibility: truth } = await client.request(
      ReconcileVisibilityDocument,
      variables,
      platformIdentity(),
    );
    // The account does not exist, so it stays hidden.
    const visibility = truth ?? { isPrivate: true, isDeactivated: false, isDeleted: true, visibilityVersion };
    await apply([{ ...visibility, id, visibilityVersion: BigInt(visibility.visibilityVersion), sequence: 0n }]);
    reconciled.inc({
      outcome: visibility.isPrivate || visibility.isDeactivated || visibility.isDeleted ? 'hidden' : 'shown',
    });
  };

  return {
    apply,
    hide: (hidden) => hidePerson(pool, hidden),
    async reconcile(signal) {
      const unconfirmed = await listUnconfirmed(pool, unconfirmedMs, PAGE);
      for (const one of unconfirmed) {
        signal.throwIfAborted();
        await reconcileOne(one);
      }
      return unconfirmed.length;
    },
  };
}
