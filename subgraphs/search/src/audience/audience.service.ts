import type { SubgraphClient } from '@tintype/graphql';
import { findFollowedLast } from '@tintype/graphql/internal';
import type { Executor } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import { LRUCache } from 'lru-cache';
import { findBlocks, findPrivate } from '#facts/block.repository.ts';
import { type Audience, PUBLIC_AUDIENCE } from '#index-store/search-index.ts';

export type AudienceService = {
  /**
   * Whom the index leaves out for a viewer, and whose private posts it shows. Up to 10 s old: it makes the index find what the viewer may
   * see, and what is found is checked once more anyway.
   */
  of(identity: Identity): Promise<Audience>;
};

/** Private people whom the viewer followed before these are not looked into. */
const FOLLOWED = 1000;
/** Whom half the world blocks would have all of it in each question: what is beyond is kept back on the way out alone. */
const BLOCKS = 1000;
const KEPT_MS = 10_000;
const KEPT = 10_000;

export function createAudienceService(deps: { pool: Executor; client: SubgraphClient }): AudienceService {
  const { pool, client } = deps;
  const known = new LRUCache<string, Promise<Audience>>({ max: KEPT, ttl: KEPT_MS });

  async function ask(identity: Identity, viewerId: bigint): Promise<Audience> {
    const [hidden, followed] = await Promise.all([
      findBlocks(pool, viewerId, BLOCKS),
      findFollowedLast(client, FOLLOWED, identity),
    ]);
    const shown = await findPrivate(pool, [viewerId, ...followed]);
    return { hiddenIds: hidden.map(String).sort(), privateIds: shown.map(String).sort() };
  }

  return {
    of(identity) {
      if (!identity.viewer) return Promise.resolve(PUBLIC_AUDIENCE);
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
