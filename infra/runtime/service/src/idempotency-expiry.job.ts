import type { Idempotency } from '@tintype/graphql';
import type { Log } from '@tintype/telemetry';
import { createLoop } from './loop.ts';
import type { Worker } from './worker.ts';

const EVERY_MS = 10 * 60_000;
const BATCH = 1000;

/** Removes an owner's idempotency keys that are not honoured any more. Several processes may do so at once. */
export function createIdempotencyExpiryJob(deps: { owner: string; idempotency: Idempotency; log: Log }): Worker {
  const { owner, idempotency, log } = deps;
  return createLoop({
    name: `${owner}__idempotency-expiry`,
    everyMs: EVERY_MS,
    async work(signal) {
      while (!signal.aborted && (await idempotency.removeOld(BATCH)) >= BATCH);
    },
    log,
  });
}
