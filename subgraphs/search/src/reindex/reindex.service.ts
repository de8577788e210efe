import type { SubgraphClient } from '@tintype/graphql';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { COLLECTIONS, type CollectionName } from '#index-store/documents.ts';
import type { SearchIndex } from '#index-store/search-index.ts';
import { countFacts, readChanges } from '#indexing/change.repository.ts';
import { documentsOf } from '#indexing/index-changes.service.ts';
import { createOwnerClient } from './owner.client.ts';
import { clearSteps, findStep, type StepName, type StepState, saveStep } from './rebuild.repository.ts';
import { createRefreshService, type Refresh } from './refresh.service.ts';

/** How far it is. `total` is a guess while the owners are asked. */
export type Progress = { collection: CollectionName; step: StepName; done: number; total: number; resumed: boolean };

export class ReindexRunsError extends Error {
  override name = 'ReindexRunsError';
}

const AT_ONCE = 500;
/** Any number, the same everywhere: one reindexing at a time. */
const LOCK = 7_215_011;
const START: StepState = { afterKey: '', done: false, documents: 0n };

/**
 * Asks the owners for all accounts and posts, builds each collection anew beside the live one, and lets it take its place. Searches go on
 * all the while, and so does the indexer, which writes into both. Killed at any moment, it goes on where it was the next time.
 *
 * @throws ReindexRunsError where another process does it
 */
export async function reindex(deps: {
  pool: pg.Pool;
  index: SearchIndex;
  client: SubgraphClient;
  report(progress: Progress): void;
  signal?: AbortSignal;
}): Promise<void> {
  const { pool, index, client, report, signal } = deps;
  const refreshing = createRefreshService({ pool, owners: createOwnerClient(client) });

  /** Takes one page after another, each with its place noted. */
  async function walk(
    collection: CollectionName,
    step: StepName,
    start: StepState,
    page: (after: string, documents: bigint) => Promise<StepState>,
  ): Promise<void> {
    const resumed = start.afterKey !== '';
    for (let state = start; !state.done; ) {
      signal?.throwIfAborted();
      state = await page(state.afterKey, state.documents);
      const done = Number(state.documents);
      const facts = await countFacts(pool, collection);
      report({ collection, step, done, total: state.done ? done : Math.max(facts, done), resumed });
    }
  }

  async function refresh(collection: CollectionName, ask: (after: bigint) => Promise<Refresh>): Promise<void> {
    const start = (await findStep(pool, collection, 'facts')) ?? START;
    await walk(collection, 'facts', start, async (after, documents) => {
      const { next, seen } = await ask(BigInt(after || 0));
      const state = { afterKey: String(next ?? after), done: next === null, documents: documents + BigInt(seen) };
      await saveStep(pool, collection, 'facts', state);
      return state;
    });
  }

  async function build(collection: CollectionName): Promise<void> {
    const before = await findStep(pool, collection, 'documents');
    if (!before?.done) {
      const { resumed } = await index.startBuild(collection);
      await walk(collection, 'documents', (resumed && before) || START, (after, documents) =>
        transaction(pool, async (tx) => {
          // Held until it is in: a change that comes meanwhile waits, and is written into both collections afterwards.
          const firstKey = collection === 'hashtags' ? '' : '0';
          const changes = await readChanges(tx, collection, { after: after || firstKey, first: AT_ONCE });
          const found = documentsOf(changes);
          await index.importInto(collection, found);
          const state = {
            afterKey: changes.at(-1)?.id ?? after,
            done: changes.length < AT_ONCE,
            documents: documents + BigInt(found.length),
          };
          await saveStep(tx, collection, 'documents', state);
          return state;
        }),
      );
    }
    // One that is whole and not there any more has taken its place already.
    const states = await index.state();
    if (states.some((state) => state.collection === collection && state.building !== null))
      await index.swap(collection);
  }

  const lock = await pool.connect();
  try {
    const { rows } = await lock.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [LOCK]);
    if (!rows[0]!.got) throw new ReindexRunsError('the index is being built anew by another process');
    try {
      await index.ensure();
      await refresh('users', refreshing.accounts);
      await refresh('posts', refreshing.posts);
      for (const collection of COLLECTIONS) await build(collection);
      await clearSteps(pool);
    } finally {
      await lock.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    }
  } finally {
    lock.release();
  }
}
