import { backoffMs } from '#backoff.ts';

const TOLERATED = 10;
const BASE_MS = 500;
const MAX_MS = 30_000;

/**
 * Tells one bad event from a broken world. After so many failures without a success between, something that all events
 * need is away: taking more of them would only use up their deliveries and fill the dead letters. Then one event at a time
 * is tried, after growing pauses, until one succeeds.
 *
 * @param options.onChange called when what `allows` answers may have changed
 */
export function createBreaker(options: { onChange(open: boolean): void }) {
  let failures = 0;
  let pauses = 0;
  let probeAt = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    /** How many events may be taken: all, one as a probe, or none yet. */
    allows(): 'all' | 'one' | 'none' {
      if (failures < TOLERATED) return 'all';
      return performance.now() >= probeAt ? 'one' : 'none';
    },
    succeeded(): void {
      const wasOpen = failures >= TOLERATED;
      failures = 0;
      pauses = 0;
      probeAt = 0;
      if (wasOpen) options.onChange(false);
    },
    failed(): void {
      failures += 1;
      // Events that were under way when the pause began fail within it, and say nothing new.
      if (failures < TOLERATED || performance.now() < probeAt) return;
      pauses += 1;
      const ms = backoffMs(pauses, BASE_MS, MAX_MS);
      probeAt = performance.now() + ms;
      clearTimeout(timer);
      timer = setTimeout(() => {
        // Timers may fire a little before their time.
        probeAt = 0;
        options.onChange(false);
      }, ms).unref();
      options.onChange(true);
    },
  };
}
