import { createLoop, type Loop } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { AcceptanceService } from './acceptance.service.ts';

const EVERY_MS = 5000;

/** Accepts the follow requests of accounts that have become public. Several processes may share the work. */
export function createAcceptRequestsJob(deps: { acceptances: AcceptanceService; log: Log }): Loop {
  const { acceptances, log } = deps;
  return createLoop({
    name: 'social-graph__accept-requests',
    everyMs: EVERY_MS,
    log,
    async work(signal) {
      while (!signal.aborted && (await acceptances.acceptSome(signal)));
    },
  });
}
