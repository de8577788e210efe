import { gauge } from '@tintype/telemetry';
import type pg from 'pg';
import { countWaiting } from './mirror.repository.ts';

/** How long readers may not know yet. */
export const LOOK_MS = 1000;
/** What waits for less is on its way. */
const LATE_MS = 10_000;
/** A few late documents, such as refused ones, make no stale index. */
const TOLERATED = 50;

const waiting = gauge(
  'search_mirror_late',
  `Documents that Typesense lacks for 10 s or more, counted up to ${TOLERATED + 1}.`,
  [],
);

/**
 * Whether Typesense lacks so much that Postgres answers better, such as after it was away or came back empty. Looks at most once a second
 * and never makes a search wait: the answer is that of the last look, and yes before the first one.
 */
export function createLag(deps: { pool: pg.Pool }): { isBehind(): boolean } {
  let behind = true;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = async () => {
    const late = await countWaiting(deps.pool, LATE_MS, TOLERATED + 1);
    waiting.set(late);
    behind = late > TOLERATED;
  };
  return {
    isBehind() {
      if (performance.now() - lookedAt > LOOK_MS) {
        lookedAt = performance.now();
        // Without an answer of Postgres the last look stands: the search has both stores to try all the same.
        look().catch(() => undefined);
      }
      return behind;
    },
  };
}
