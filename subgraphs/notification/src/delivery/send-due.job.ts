import type { Executor } from '@tintype/postgres';
import { createLoop, type Loop } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import { pruneDeliveries } from './delivery.repository.ts';
import type { DigestService } from './digest.service.ts';
import type { SendDueService } from './send-due.service.ts';

const EVERY_MS = 1_000;
const PRUNE_EVERY_MS = 10 * 60_000;

/** Sends deliveries and digests as soon as they are due, and removes old rows. */
export function createSendDueJob(deps: {
  pool: Executor;
  sending: SendDueService;
  /** Null if the platform sends no mail. */
  digests: DigestService | null;
  log: Log;
}): Loop {
  const { pool, sending, digests, log } = deps;
  let prunedAt = 0;
  return createLoop({
    name: 'notification__due',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      while (!signal.aborted && (await sending.sendSome()) > 0);
      while (digests && !signal.aborted && (await digests.sendSome()) > 0);
      if (Date.now() - prunedAt < PRUNE_EVERY_MS) return;
      prunedAt = Date.now();
      while (!signal.aborted && (await pruneDeliveries(pool)) > 0);
    },
  });
}
