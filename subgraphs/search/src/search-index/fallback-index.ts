import { BulkheadFullError, createBreaker, createBulkhead } from '@tintype/bounds';
import { counter, gauge, type Log } from '@tintype/telemetry';
import { TypesenseTimeoutError } from '#typesense/typesense.errors.ts';
import type { CollectionName } from './documents.ts';
import type { SearchIndex, SearchRequest } from './search-index.ts';

/** How many failed searches in a row open the breaker. A search that times out opens it alone. */
const TOLERATED = 5;
/** After this time, a search tries Typesense again. */
const RESET_MS = 5000;
/** If more searches than this run at once, the others go to Postgres directly. */
const AT_ONCE = 64;
const SEARCHES = 'searches';

const answers = counter('search_answers_total', 'Searches by the driver that answered', ['driver']);
const open = gauge(
  'search_typesense_open',
  '1 while Postgres answers searches, because Typesense does not respond',
  [],
);

export type FallbackIndexOptions = {
  typesense: SearchIndex;
  postgres: SearchIndex;
  /** Queues documents that were written or removed. They are copied into Typesense soon. */
  enqueue(collection: CollectionName, ids: readonly string[]): Promise<void>;
  /** Whether Typesense lacks too many documents to be searched. */
  isBehind(): boolean;
  log: Log;
  /** For tests that cannot wait. */
  resetMs?: number;
};

/**
 * Typesense, with Postgres as the fallback. A circuit breaker ensures that a dead server costs a second once in a
 * while, not in every search.
 *
 * Writes go to Postgres and are queued for the copier. They never wait for Typesense or fail because of it. So Postgres
 * is always complete, however long Typesense is unavailable, and Typesense has a write some moments later. Builds go to
 * both, and fail if either fails.
 */
export function createFallbackIndex(options: FallbackIndexOptions): SearchIndex {
  const { typesense, postgres, enqueue, isBehind, log, resetMs = RESET_MS } = options;
  const enter = createBulkhead({ atOnce: AT_ONCE, waiting: 0 });
  const breaker = createBreaker({
    tolerated: TOLERATED,
    pauseMs: resetMs,
    onChange(isOpen) {
      open.set(isOpen ? 1 : 0);
      if (isOpen) log.warn('Typesense does not respond. Postgres answers searches.');
      else log.info('Typesense responds again.');
    },
  });
  open.set(0);

  async function inPostgres(collections: readonly CollectionName[], request: SearchRequest) {
    answers.inc({ driver: 'postgres' });
    return postgres.search(collections, request);
  }

  return {
    driver: 'typesense',
    ensure: () => postgres.ensure(),
    async search(collections, request) {
      if (isBehind() || !breaker.allows(SEARCHES)) return inPostgres(collections, request);
      try {
        const found = await enter(() => typesense.search(collections, request));
        breaker.succeeded(SEARCHES);
        answers.inc({ driver: 'typesense' });
        return found;
      } catch (error) {
        if (!(error instanceof BulkheadFullError)) {
          // The same request may search again, and should wait only once.
          if (error instanceof TypesenseTimeoutError) breaker.open(SEARCHES);
          else breaker.failed(SEARCHES);
          log.debug({ error, collections }, 'A search failed in Typesense.');
        }
        return inPostgres(collections, request);
      }
    },
    async upsert(collection, documents) {
      if (documents.length === 0) return;
      await postgres.upsert(collection, documents);
      await enqueue(
        collection,
        documents.map(({ id }) => id),
      );
    },
    async remove(collection, ids) {
      if (ids.length === 0) return;
      await postgres.remove(collection, ids);
      await enqueue(collection, ids);
    },
    async startBuild(collection) {
      if (!(await typesense.healthy())) throw new Error('Typesense does not answer: nothing can be built in it now.');
      const { name, resumed } = await postgres.startBuild(collection);
      const beside = await typesense.startBuild(collection);
      // If one of them starts again, the caller has to fill both again.
      return { name, resumed: resumed && beside.resumed };
    },
    async importInto(collection, documents) {
      await postgres.importInto(collection, documents);
      await typesense.importInto(collection, documents);
    },
    async swap(collection) {
      const building: SearchIndex[] = [];
      for (const index of [postgres, typesense]) if (await isBuilding(index, collection)) building.push(index);
      if (building.length === 0) throw new Error(`No collection of ${collection} is being built.`);
      // Only one has a build if an earlier swap failed halfway.
      for (const index of building) await index.swap(collection);
    },
    async abandonBuild(collection) {
      await postgres.abandonBuild(collection);
      await typesense.abandonBuild(collection);
    },
    async state() {
      const [states, beside] = await Promise.all([postgres.state(), typesense.state().catch(() => [])]);
      return states.map((state) => {
        const other = beside.find(({ collection }) => collection === state.collection);
        return {
          ...state,
          // Only Typesense has a build if a swap was interrupted.
          building: state.building ?? other?.building ?? null,
          isOutdated: {
            // The copier renews the live collection of Typesense.
            live: state.isOutdated.live,
            building: state.isOutdated.building || (other?.isOutdated.building ?? false),
          },
        };
      });
    },
    healthy: () => postgres.healthy(),
  };
}

async function isBuilding(index: SearchIndex, collection: CollectionName): Promise<boolean> {
  const state = (await index.state()).find((one) => one.collection === collection);
  return state !== undefined && state.building !== null;
}
