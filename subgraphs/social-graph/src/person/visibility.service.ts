import { platformIdentity, type SubgraphClient } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import { SettleVisibilityDocument } from '@tintype/schema/internal/user';
import { counter } from '@tintype/telemetry';
import type { RequestService } from '#follow/request.service.ts';
import type { Visibility } from './person.model.ts';
import { applyVisibility, hidePerson, isPublicSince, listUnconfirmed } from './visibility.repository.ts';

export type VisibilityService = {
  /** Takes over who may see an account. An account that becomes public accepts every waiting request. Can run twice. */
  apply(told: Visibility): Promise<void>;
  /** Hides an account ahead of the user subgraph's commit. */
  hide: (hidden: Parameters<typeof hidePerson>[1]) => Promise<void>;
  /** Asks the user subgraph what became of changes that were announced and never confirmed. @returns how many it settled */
  settle(signal: AbortSignal): Promise<number>;
};

/** An announced change is committed within a few seconds, or was given up. */
const UNCONFIRMED_MS = 10_000;
const PAGE = 100;

const settled = counter('social_graph_visibility_settled_total', 'Accounts whose announced hiding was settled', [
  'outcome',
]);

export function createVisibilityService(deps: {
  pool: Executor;
  client: SubgraphClient;
  requests: RequestService;
  unconfirmedMs?: number;
}): VisibilityService {
  const { pool, client, requests, unconfirmedMs = UNCONFIRMED_MS } = deps;

  const apply = async (told: Visibility): Promise<void> => {
    await applyVisibility(pool, told);
    if (await isPublicSince(pool, told.id, told.visibilityVersion)) await requests.acceptAll(told.id);
  };

  const settleOne = async ({ id, visibilityVersion }: { id: bigint; visibilityVersion: bigint }): Promise<void> => {
    const variables = { userId: String(id), visibilityVersion: String(visibilityVersion) };
    const { settleVisibility: truth } = await client.request(SettleVisibilityDocument, variables, platformIdentity());
    // Nobody has or had such an account: it stays hidden.
    const told = truth ?? { isPrivate: true, isDeactivated: false, isDeleted: true, visibilityVersion };
    await apply({ ...told, id, visibilityVersion: BigInt(told.visibilityVersion), sequence: 0n });
    settled.inc({ outcome: told.isPrivate || told.isDeactivated || told.isDeleted ? 'hidden' : 'shown' });
  };

  return {
    apply,
    hide: (hidden) => hidePerson(pool, hidden),
    async settle(signal) {
      const unconfirmed = await listUnconfirmed(pool, unconfirmedMs, PAGE);
      for (const one of unconfirmed) {
        signal.throwIfAborted();
        await settleOne(one);
      }
      return unconfirmed.length;
    },
  };
}
