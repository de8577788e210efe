import { backoffMs } from '#backoff.ts';
import type { Delivery } from '#consumer/delivery.ts';

const BASE_MS = 500;
const MAX_MS = 30_000;
const CHECK_MS = 250;

/**
 * Deliveries that wait in this process for the end of an outage. They are not given back to the server, because it would count each return
 * as a delivery. A delivery that fails repeatedly waits longer each time, so that it does not hold up the others.
 *
 * @param options.allows the breaker's state
 * @param options.isTrying whether a delivery is being handled
 * @param options.resume receives a delivery that is due; `isProbe` if it is the only one that may be handled
 */
export function createDeferredDeliveries(options: {
  allows(): 'all' | 'one' | 'none';
  isTrying(): boolean;
  resume(delivery: Delivery, isProbe: boolean): void;
}) {
  const { allows, isTrying, resume } = options;
  const waiting = new Map<Delivery, number>();
  const failures = new WeakMap<Delivery, number>();
  let timer: NodeJS.Timeout | undefined;

  function take(delivery: Delivery, isProbe: boolean): void {
    waiting.delete(delivery);
    resume(delivery, isProbe);
  }

  function check(): void {
    const allowed = allows();
    if (allowed === 'all') {
      const now = performance.now();
      for (const [delivery, at] of waiting) if (at <= now) take(delivery, false);
    } else if (allowed === 'one' && !isTrying()) {
      const [next] = [...waiting].sort(([, one], [, other]) => one - other);
      if (next) take(next[0], true);
    }
    if (waiting.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }

  return {
    size: () => waiting.size,
    /** @param failed whether the handler was called */
    add(delivery: Delivery, failed: boolean): void {
      const count = (failures.get(delivery) ?? 0) + (failed ? 1 : 0);
      failures.set(delivery, count);
      waiting.set(delivery, performance.now() + (failed ? backoffMs(count, BASE_MS, MAX_MS) : 0));
      timer ??= setInterval(check, CHECK_MS);
    },
    /** Checks now, not at the next interval. */
    check,
    /** Removes and returns all deliveries. */
    clear(): Delivery[] {
      clearInterval(timer);
      timer = undefined;
      const all = [...waiting.keys()];
      waiting.clear();
      return all;
    },
  };
}
