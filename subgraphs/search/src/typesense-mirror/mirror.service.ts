import { setTimeout as pause } from 'node:timers/promises';
import { transaction } from '@tintype/postgres';
import type { Log } from '@tintype/telemetry';
import type pg from 'pg';
import { COLLECTIONS, type CollectionName } from '#search-index/documents.ts';
import type { SearchIndex } from '#search-index/search-index.ts';
import { RefusedDocumentsError } from '#typesense/refused-documents.error.ts';
import { claim, type Marked, markAll, putOff, readDocuments, settle } from './mirror.repository.ts';
import { LOOK_MS } from './mirror-lag.ts';

/** Longer than a copy may take by all its time-outs. */
const LEASE_MS = 60_000;
const AT_ONCE = 500;
const REFUSED_MS = 300_000;
/** Of documents that were refused, named in the log. */
const NAMED = 5;
/** Any number, the same everywhere. */
const RENEW_LOCK = 7_215_012;

export type Mirror = {
  /** Makes the collections where they are not there or outdated, and notes that everything is to be copied then. */
  prepare(): Promise<void>;
  /** Copies what is noted. @returns how many documents were copied or removed */
  copy(signal?: AbortSignal): Promise<number>;
};

/**
 * Brings Typesense in line with the Postgres driver, which is written first and is always whole. Typesense knows no condition on a write,
 * so that of two copiers the slower one may put an old state over a newer one: each looks afterwards whether the document was
 * noted again or copied by another meanwhile, and if so it is copied once more. The last copy of a document is the newest state.
 */
export function createMirror(deps: { pool: pg.Pool; typesense: SearchIndex; log: Log }): Mirror {
  const { pool, typesense, log } = deps;

  async function copySome(collection: CollectionName): Promise<number> {
    const claimed = await claim(pool, collection, { first: AT_ONCE, leaseMs: LEASE_MS });
    if (claimed.length === 0) return 0;
    const refused = await write(collection, claimed).catch(async (error) => {
      await putOff(pool, collection, claimed, 0);
      throw error;
    });
    const isRefused = ({ id }: Marked) => refused.has(id);
    if (refused.size > 0) await putOff(pool, collection, claimed.filter(isRefused), REFUSED_MS);
    await settle(
      pool,
      collection,
      claimed.filter((marked) => !isRefused(marked)),
    );
    return claimed.length;
  }

  /** @returns ids of documents that were refused */
  async function write(collection: CollectionName, claimed: readonly Marked[]): Promise<ReadonlySet<string>> {
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
      log.error({ collection, refused: error.refused.slice(0, NAMED), error }, 'Typesense refused documents');
      return new Set(error.refused.map(({ id }) => id));
    }
  }

  /** Puts an empty collection in the place of an outdated one. One process at a time: a second one would empty what is filled already. */
  async function renew(collection: CollectionName): Promise<void> {
    await transaction(pool, async (tx) => {
      const { rows } = await tx.query<{ got: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS got', [RENEW_LOCK]);
      const state = (await typesense.state()).find((one) => one.collection === collection);
      if (!rows[0]!.got || !state?.isOutdated.live) return;
      await typesense.startBuild(collection);
      await typesense.swap(collection);
    });
  }

  return {
    async prepare() {
      const states = await typesense.state();
      const outdated = states.filter(({ isOutdated }) => isOutdated.live);
      const missing = states.filter(({ live }) => live === null);
      // Noted first: who ends in between leaves a collection that is noted to be filled.
      for (const { collection } of [...missing, ...outdated]) await markAll(pool, collection);
      // Nobody may search what is not filled yet.
      if (missing.length + outdated.length > 0) await pause(2 * LOOK_MS);
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
