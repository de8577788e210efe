import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { VisibleSharesDocument, type VisibleSharesQuery } from '@tintype/schema/internal/engagement';
import type { Log } from '@tintype/telemetry';
import type { Identity } from '@tintype/viewer';

export type VisibleShare = VisibleSharesQuery['visibleShares'][number];

/** Shares that the viewer may see. If the engagement subgraph is unavailable, there are none, and feeds contain only posts. */
export function createVisibleShareLoader(deps: {
  client: SubgraphClient;
  identity: Identity;
  log: Log;
}): Loader<bigint, VisibleShare> {
  const { client, identity, log } = deps;
  return createLoader(async (ids) => {
    try {
      const { visibleShares } = await client.request(VisibleSharesDocument, { ids: ids.map(String) }, identity);
      return new Map(visibleShares.map((share) => [share.id, share]));
    } catch (error) {
      log.warn(
        { error: (error as Error).message },
        'The engagement subgraph is unavailable. Home feeds have no shares.',
      );
      return new Map();
    }
  });
}
