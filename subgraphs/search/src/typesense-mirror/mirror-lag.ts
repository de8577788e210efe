import { gauge } from '@tintype/telemetry';
import type pg from 'pg';
import { countWaiting } from './mirror.repository.ts';

/** How old the answer may be. */
export const CHECK_MS = 1000;
/** A document that has waited for less is not counted as stale. */
const STALE_MS = 10_000;
/** A few stale documents, such as refused ones, are tolerated. */
const TOLERATED = 50;

const waiting = gauge(
  'search_mirror_stale_documents',
  `Documents that Typesense lacks for 10 s or more, counted up to ${TOLERATED + 1}`,
  [],
);

/**
 * Whether Typesense lacks so many documents that Postgres gives better answers, for example after an outage. It checks
 * at most once a second and never delays a search: it returns the result of the last check, and true before the first
 * one.
 */
export function createMirrorLag(deps: { pool: pg.Pool }): { isBehind(): boolean } {
  let behind = true;
  let checkedAt = Number.NEGATIVE_INFINITY;
  const check = async () => {
    const stale = await countWaiting(deps.pool, STALE_MS, TOLERATED + 1);
    waiting.set(stale);
    behind = stale > TOLERATED;
  };
  return {
    isBehind() {
      if (performance.now() - checkedAt > CHECK_MS) {
        checkedAt = performance.now();
        // If Postgres does not answer, the last result stands. The search then tries both stores.
        check().catch(() => undefined);
      }
      return behind;
    },
  };
}
