import { counter, gauge, type Log } from '@tintype/telemetry';
import CircuitBreaker from 'opossum';
import { TypesenseTimeoutError } from '#typesense/typesense-timeout.error.ts';
import type { CollectionName, FoundDocuments } from './documents.ts';
import type { SearchIndex, SearchRequest } from './search-index.ts';

/**
 * Half of five searches in 10 s opens it, and a single one that had no answer in time: the same request may search again, and is to wait for
 * one second, not for two. 5 s later one search tries again. More than so many at once go to Postgres without a try.
 */
const BREAKER = {
  rollingCountTimeout: 10_000,
  volumeThreshold: 5,
  errorThresholdPercentage: 50,
  resetTimeout: 5000,
  capacity: 64,
};

const answers = counter('search_answers_total', 'Searches answered, by the driver that did.', ['driver']);
const open = gauge('search_typesense_open', '1 while Postgres answers since Typesense does not, 0 otherwise.', []);

export type FallbackIndexOptions = {
  typesense: SearchIndex;
  postgres: SearchIndex;
  /** Notes documents that were written or removed: they are copied into Typesense soon. */
  note(collection: CollectionName, ids: readonly string[]): Promise<void>;
  /** Whether Typesense lacks so much that it is not to be asked. */
  isBehind(): boolean;
  log: Log;
  /** For tests that cannot wait. */
  resetMs?: number;
};

/**
 * Typesense, and Postgres wherever it fails: behind a circuit breaker, so that a dead server costs a second once in a while rather than in
 * every search.
 *
 * Writes go to Postgres, with a note for the copier; they never wait for Typesense nor fail with it. So Postgres is whole when it has to
 * answer, however long Typesense is away, and what is written is found in Typesense some moments later. Builds go to both, and fail where
 * either does.
 */
export function createFallbackIndex(options: FallbackIndexOptions): SearchIndex & { close(): void } {
  const { typesense, postgres, note, isBehind, log, resetMs = BREAKER.resetTimeout } = options;
  const ask: SearchIndex['search'] = (collections, request) => typesense.search(collections, request);
  const breaker = new CircuitBreaker<[readonly CollectionName[], SearchRequest], FoundDocuments>(ask, {
    ...BREAKER,
    resetTimeout: resetMs,
    timeout: false,
  });
  open.set(0);
  breaker.on('open', () => {
    open.set(1);
    log.warn('Typesense does not answer: Postgres does');
  });
  breaker.on('halfOpen', () => log.info('Typesense is tried again'));
  breaker.on('close', () => {
    open.set(0);
    log.info('Typesense answers again');
  });

  async function inPostgres(collections: readonly CollectionName[], request: SearchRequest) {
    answers.inc({ driver: 'postgres' });
    return postgres.search(collections, request);
  }

  return {
    driver: 'typesense',
    ensure: () => postgres.ensure(),
    async search(collections, request) {
      if (isBehind()) return inPostgres(collections, request);
      try {
        const found = await breaker.fire(collections, request);
        answers.inc({ driver: 'typesense' });
        return found;
      } catch (error) {
        if (error instanceof TypesenseTimeoutError && !breaker.opened) breaker.open();
        if (!breaker.opened) log.debug({ error, collections }, 'a search failed in Typesense');
        return inPostgres(collections, request);
      }
    },
    async upsert(collection, documents) {
      if (documents.length === 0) return;
      await postgres.upsert(collection, documents);
      await note(
        collection,
        documents.map(({ id }) => id),
      );
    },
    async remove(collection, ids) {
      if (ids.length === 0) return;
      await postgres.remove(collection, ids);
      await note(collection, ids);
    },
    async startBuild(collection) {
      if (!(await typesense.healthy())) throw new Error('Typesense does not answer: nothing can be built in it now');
      const { name, resumed } = await postgres.startBuild(collection);
      const beside = await typesense.startBuild(collection);
      // Where one of them begins anew, so does whoever fills them.
      return { name, resumed: resumed && beside.resumed };
    },
    async importInto(collection, documents) {
      await postgres.importInto(collection, documents);
      await typesense.importInto(collection, documents);
    },
    async swap(collection) {
      const building: SearchIndex[] = [];
      for (const index of [postgres, typesense]) if (await isBuilding(index, collection)) building.push(index);
      if (building.length === 0) throw new Error(`no collection of ${collection} is being built`);
      // One alone is left where an earlier swap failed half-way.
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
          // One that only Typesense has is left where a swap was cut short.
          building: state.building ?? other?.building ?? null,
          isOutdated: {
            // A live one of Typesense is renewed by its copier.
            live: state.isOutdated.live,
            building: state.isOutdated.building || (other?.isOutdated.building ?? false),
          },
        };
      });
    },
    healthy: () => postgres.healthy(),
    close: () => breaker.shutdown(),
  };
}

async function isBuilding(index: SearchIndex, collection: CollectionName): Promise<boolean> {
  const state = (await index.state()).find((one) => one.collection === collection);
  return state !== undefined && state.building !== null;
}
