import { backoffMs } from '#backoff.ts';
import type { Delivery } from '#consumer/delivery.ts';

const BASE_MS = 500;
const MAX_MS = 30_000;
const LOOK_MS = 250;

/**
 * Deliveries that wait in this process until what they need is back. They are not returned to the server, which would count each return as a
 * delivery. One that fails again and again waits longer each time, so that it cannot keep the others from being handled.
 *
 * @param options.allows as the breaker says
 * @param options.isTrying whether a delivery is being handled at this moment
 * @param options.resume takes one that waits no more; `isProbe` where it alone may be tried
 */
export function createSuspended(options: {
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

  function look(): void {
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
    /** @param failed whether it was tried */
    add(delivery: Delivery, failed: boolean): void {
      const count = (failures.get(delivery) ?? 0) + (failed ? 1 : 0);
      failures.set(delivery, count);
      waiting.set(delivery, performance.now() + (failed ? backoffMs(count, BASE_MS, MAX_MS) : 0));
      timer ??= setInterval(look, LOOK_MS);
    },
    /** Looks at once instead of at the next turn. */
    look,
    /** Takes all of them out. */
    clear(): Delivery[] {
      clearInterval(timer);
      timer = undefined;
      const all = [...waiting.keys()];
      waiting.clear();
      return all;
    },
  };
}
