import { backoffMs } from '#backoff.ts';

const TOLERATED = 10;
const BASE_MS = 500;
const MAX_MS = 30_000;
/** Probes of a dependency that is away cost nobody a try, and what was posted meanwhile is to appear soon after its return. */
const OUTAGE_MAX_MS = 2000;

/**
 * Pauses a consumer while something that its events need is away: at once when an error says so, and after some failures in a row without a
 * success between, which say the same. Then one event at a time is tried, after growing pauses, until one succeeds.
 *
 * @param options.onChange called when what `allows` answers may have changed
 */
export function createBreaker(options: { onChange(open: boolean): void }) {
  let failures = 0;
  let isAway = false;
  let pauses = 0;
  let probeAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const isOpen = () => isAway || failures >= TOLERATED;

  function pause(): void {
    // Events that were under way when the pause began fail within it, and say nothing new.
    if (performance.now() < probeAt) return;
    pauses += 1;
    const ms = backoffMs(pauses, BASE_MS, isAway ? OUTAGE_MAX_MS : MAX_MS);
    probeAt = performance.now() + ms;
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Timers may fire a little before their time.
      probeAt = 0;
      options.onChange(false);
    }, ms).unref();
    options.onChange(true);
  }

  return {
    /** How many events may be taken: all, one as a probe, or none yet. */
    allows(): 'all' | 'one' | 'none' {
      if (!isOpen()) return 'all';
      return performance.now() >= probeAt ? 'one' : 'none';
    },
    succeeded(): void {
      const wasOpen = isOpen();
      failures = 0;
      isAway = false;
      pauses = 0;
      probeAt = 0;
      if (wasOpen) options.onChange(false);
    },
    /** An event failed, and the error does not say why. */
    failed(): void {
      failures += 1;
      if (isOpen()) pause();
    },
    /** An event failed because something that it needs is away. @returns whether that is news */
    away(): boolean {
      const isNews = !isAway;
      isAway = true;
      pause();
      return isNews;
    },
  };
}
