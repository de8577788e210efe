import { setTimeout as pause } from 'node:timers/promises';
import { transaction, tryTransactionLock } from '@tintype/postgres';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import { COLLECTIONS, type CollectionName } from '#search-index/documents.ts';
import type { SearchIndex } from '#search-index/search-index.ts';
import { RefusedDocumentsError } from '#typesense/typesense.errors.ts';
import { claim, dequeue, enqueueAll, postpone, type QueuedDocument, readDocuments } from './mirror.repository.ts';
import { CHECK_MS } from './mirror-lag.ts';

/** Longer than a copy can take before it times out. */
const LEASE_MS = 60_000;
const AT_ONCE = 500;
const REFUSED_MS = 300_000;
/** How many refused documents are named in the log. */
const NAMED = 5;
const RENEW_LOCK = 'tintype:typesense-renewal';

export type Mirror = {
  /** Creates missing collections, replaces outdated ones, and queues all their documents. */
  prepare(): Promise<void>;
  /** Copies queued documents. @returns how many were copied or removed */
  copy(signal?: AbortSignal): Promise<number>;
};

/**
 * Copies documents from the Postgres driver, which is written first and always complete, to Typesense. Typesense has no
 * conditional writes, so the slower one of two copiers may overwrite a newer state with an older one. So each copier
 * checks afterwards whether the document was queued again or copied by another one in the meantime. If so, it is copied
 * once more. The last copy of a document is its newest state.
 */
export function createMirror(deps: { pool: pg.Pool; typesense: SearchIndex; log: Log }): Mirror {
  const { pool, typesense, log } = deps;

  async function copySome(collection: CollectionName): Promise<number> {
    const claimed = await claim(pool, collection, { first: AT_ONCE, leaseMs: LEASE_MS });
    if (claimed.length === 0) return 0;
    const refused = await write(collection, claimed).catch(async (error) => {
      await postpone(pool, collection, claimed, 0);
      throw error;
    });
    const isRefused = ({ id }: QueuedDocument) => refused.has(id);
    if (refused.size > 0) await postpone(pool, collection, claimed.filter(isRefused), REFUSED_MS);
    await dequeue(
      pool,
      collection,
      claimed.filter((document) => !isRefused(document)),
    );
    return claimed.length;
  }

  /** @returns ids of documents that were refused */
  async function write(collection: CollectionName, claimed: readonly QueuedDocument[]): Promise<ReadonlySet<string>> {
    const ids = claimed.map(({ id }) => id);
    const documents = await readDocuments(pool, collection, ids);
    const there = new Set(documents.map(({ id }) => id));
    await typesense.remove(
      collection,
      ids.filter((id) => !there.has(id)),
    );
    try {
      await typesense.upsert(collection, documents);
      return new Set();
    } catch (error) {
      if (!(error instanceof RefusedDocumentsError)) throw error;
      log.error({ collection, refused: error.refused.slice(0, NAMED), error }, 'Typesense refused documents.');
      return new Set(error.refused.map(({ id }) => id));
    }
  }

  /**
   * Replaces an outdated collection by an empty one. Only one process does this: a second one would empty the new
   * collection again.
   */
  async function renew(collection: CollectionName): Promise<void> {
    await transaction(pool, async (tx) => {
      const isLocked = await tryTransactionLock(tx, RENEW_LOCK);
      const state = (await typesense.state()).find((one) => one.collection === collection);
      if (!isLocked || !state?.isOutdated.live) return;
      await typesense.startBuild(collection);
      await typesense.swap(collection);
    });
  }

  return {
    async prepare() {
      const states = await typesense.state();
      const outdated = states.filter(({ isOutdated }) => isOutdated.live);
      const missing = states.filter(({ live }) => live === null);
      // Queued first. If the process dies in between, the collection is still filled.
      for (const { collection } of [...missing, ...outdated]) await enqueueAll(pool, collection);
      // Other processes must stop searching the collection before it is replaced.
      if (missing.length + outdated.length > 0) await pause(2 * CHECK_MS);
      await typesense.ensure();
      for (const { collection } of outdated) await renew(collection);
    },
    async copy(signal) {
      let copied = 0;
      for (const collection of COLLECTIONS) {
        for (let found = AT_ONCE; found === AT_ONCE && !signal?.aborted; copied += found) {
          found = await copySome(collection);
        }
      }
      return copied;
    },
  };
}
