import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { VisibleSharesDocument, type VisibleSharesQuery } from '@tintype/schema/internal/engagement';
import type { Identity } from '@tintype/viewer';

export type VisibleShare = VisibleSharesQuery['visibleShares'][number];

/** Shares that the viewer may see. */
export function createVisibleShareLoader(deps: {
  client: SubgraphClient;
  identity: Identity;
}): Loader<bigint, VisibleShare> {
  const { client, identity } = deps;
  return createLoader(async (ids) => {
    const { visibleShares } = await client.request(VisibleSharesDocument, { ids: ids.map(String) }, identity);
    return new Map(visibleShares.map((share) => [share.id, share]));
  });
}
