import { backoffMs } from '@tintype/bounds';

const MAX_FAILURES = 10;
const BASE_MS = 500;
const MAX_MS = 30_000;
/** Probes of an unavailable dependency use up no attempts, and events should be handled soon after its return. */
const OUTAGE_MAX_MS = 2000;

/**
 * Pauses a consumer while a dependency is unavailable: at once if an error says so, otherwise after ten failures in a
 * row. Then it lets one event at a time through, after growing pauses, until one succeeds.
 *
 * @param options.onChange called when what `allows` answers may have changed
 */
export function createBreaker(options: { onChange(open: boolean): void }) {
  let failures = 0;
  let isUnavailable = false;
  let pauses = 0;
  let probeAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const isOpen = () => isUnavailable || failures >= MAX_FAILURES;

  function pause(): void {
    // Events that were being handled when the pause began fail during it, and are no new information.
    if (performance.now() < probeAt) return;
    pauses += 1;
    const ms = backoffMs(pauses, BASE_MS, isUnavailable ? OUTAGE_MAX_MS : MAX_MS);
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
    /** How many events may be handled: all, one as a probe, or none yet. */
    allows(): 'all' | 'one' | 'none' {
      if (!isOpen()) return 'all';
      return performance.now() >= probeAt ? 'one' : 'none';
    },
    succeeded(): void {
      const wasOpen = isOpen();
      failures = 0;
      isUnavailable = false;
      pauses = 0;
      probeAt = 0;
      if (wasOpen) options.onChange(false);
    },
    /** An event failed for an unknown reason. */
    failed(): void {
      failures += 1;
      if (isOpen()) pause();
    },
    /** An event failed because a dependency is unavailable. @returns whether this is new */
    unavailable(): boolean {
      const isNews = !isUnavailable;
      isUnavailable = true;
      pause();
      return isNews;
    },
  };
}
