import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { ReconcileVisibilityDocument } from '@tintype/schema/internal/user';
import { counter } from '@tintype/telemetry';
import type { RequestService } from '#follow/request.service.ts';
import type { Visibility } from './person.model.ts';
import { applyVisibility, hidePerson, isPublicSince, listUnconfirmed } from './visibility.repository.ts';

export type VisibilityService = {
  /** Stores who may see an account. If an account becomes public, every follow request is accepted. Can run twice. */
  apply(visibility: Visibility): Promise<void>;
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
  pool: Executor;
  client: SubgraphClient;
  requests: RequestService;
  unconfirmedMs?: number;
}): VisibilityService {
  const { pool, client, requests, unconfirmedMs = UNCONFIRMED_MS } = deps;

  const apply = async (visibility: Visibility): Promise<void> => {
    await applyVisibility(pool, visibility);
    if (await isPublicSince(pool, visibility.id, visibility.visibilityVersion)) await requests.acceptAll(visibility.id);
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
    await apply({ ...visibility, id, visibilityVersion: BigInt(visibility.visibilityVersion), sequence: 0n });
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
