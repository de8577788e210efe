import type { SubgraphClient } from '@tintype/graphql';
import { findFollowedLast } from '@tintype/graphql/internal';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import { LRUCache } from 'lru-cache';
import { findBlocks, findPrivate } from '#projection/block.repository.ts';
import { PUBLIC_FILTER, type ViewerFilter } from '#search-index/search-index.ts';

export type ViewerFilterService = {
  /**
   * The people whom the index hides from a viewer, and those whose private posts it may find. It may be 10 s old,
   * because each hit is checked again before it is returned.
   */
  of(identity: Identity): Promise<ViewerFilter>;
};

/** Only the people whom the viewer followed last count. Private posts of others are not found. */
const FOLLOWED = 1000;
/** Bounds the filter of a person with very many blocks. Hits beyond it are removed when hits are checked. */
const BLOCKS = 1000;
const KEPT_MS = 10_000;
const KEPT = 10_000;

export function createViewerFilterService(deps: { pool: Executor; client: SubgraphClient }): ViewerFilterService {
  const { pool, client } = deps;
  const known = new LRUCache<string, Promise<ViewerFilter>>({ max: KEPT, ttl: KEPT_MS });

  async function ask(identity: Identity, viewerId: bigint): Promise<ViewerFilter> {
    const [hidden, followed] = await Promise.all([
      findBlocks(pool, viewerId, BLOCKS),
      findFollowedLast(client, FOLLOWED, identity),
    ]);
    const shown = await findPrivate(pool, [viewerId, ...followed]);
    return { hiddenIds: hidden.map(String).sort(), privateIds: shown.map(String).sort() };
  }

  return {
    of(identity) {
      if (!identity.viewer) return Promise.resolve(PUBLIC_FILTER);
      const key = String(identity.viewer.userId);
      const kept = known.get(key);
      if (kept) return kept;
      const asked = ask(identity, identity.viewer.userId);
      known.set(key, asked);
      asked.catch(() => known.delete(key));
      return asked;
    },
  };
}
