import type { SubgraphClient } from '@tintype/graphql';
import { COLLECTIONS, type CollectionName } from '#search-index/documents.ts';
import { type BuildDeps, buildCollection, START, walk, withReindexLock } from './collection-build.service.ts';
import { createOwnerClient } from './owner.client.ts';
import { createRefreshService, type Refresh } from './projection-refresh.service.ts';
import { clearSteps, findStep, saveStep } from './reindex-step.repository.ts';

/**
 * Requests all accounts and posts from their owners, and builds each collection again.
 *
 * @throws ReindexRunsError if another process is reindexing
 */
export async function reindex(deps: BuildDeps & { client: SubgraphClient }): Promise<void> {
  const { pool, index, client } = deps;
  const refreshing = createRefreshService({ pool, owners: createOwnerClient(client) });

  async function refresh(collection: CollectionName, ask: (after: bigint) => Promise<Refresh>): Promise<void> {
    const start = (await findStep(pool, collection, 'projection')) ?? START;
    await walk(deps, collection, 'projection', start, async (after, documents) => {
      const { next, seen } = await ask(BigInt(after || 0));
      const state = { afterKey: String(next ?? after), done: next === null, documents: documents + BigInt(seen) };
      await saveStep(pool, collection, 'projection', state);
      return state;
    });
  }

  await withReindexLock(pool, async () => {
    await index.ensure();
    await refresh('users', refreshing.accounts);
    await refresh('posts', refreshing.posts);
    for (const collection of COLLECTIONS) await buildCollection(deps, collection);
    await clearSteps(pool, COLLECTIONS);
  });
}
