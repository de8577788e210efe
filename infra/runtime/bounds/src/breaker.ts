import { LRUCache } from 'lru-cache';

/**
 * A circuit breaker for each kind of call to something that may stop answering, such as one SQL statement: a statement
 * that waits for a locked table does not take connections from the others.
 */
export type Breaker = {
  /** Whether a call of this kind may be made. While its breaker is open, one call per pause may, as a probe. */
  allows(kind: string): boolean;
  /** A call did not answer. Enough of them in a row open the breaker. */
  failed(kind: string): void;
  /** A call was answered, even if with an error of its own. Closes the breaker. */
  succeeded(kind: string): void;
  /** Opens the breaker after a single failure that is reason enough. */
  open(kind: string): void;
};

/** A single locked row, or a slow moment, is not enough. */
const TOLERATED = 3;
const PAUSE_MS = 1000;
const KINDS = 1000;

/**
 * @param options.tolerated how many failures in a row, without an answer between them, open the breaker
 * @param options.pauseMs between two probes
 * @param options.onChange called when the breaker of a kind opens and when it closes
 */
export function createBreaker(
  options: {
    tolerated?: number;
    pauseMs?: number;
    onChange?: (isOpen: boolean, kind: string) => void;
    now?: () => number;
  } = {},
): Breaker {
  const { tolerated = TOLERATED, pauseMs = PAUSE_MS, onChange, now = () => performance.now() } = options;
  const known = new LRUCache<string, { failures: number; pausedUntil: number }>({ max: KINDS });

  function count(kind: string, failures: number): void {
    const state = known.get(kind) ?? { failures: 0, pausedUntil: 0 };
    const wasOpen = state.failures >= tolerated;
    state.failures += failures;
    state.pausedUntil = now() + pauseMs;
    known.set(kind, state);
    if (!wasOpen && state.failures >= tolerated) onChange?.(true, kind);
  }

  return {
    allows(kind) {
      const state = known.get(kind);
      if (!state || state.failures < tolerated) return true;
      if (now() < state.pausedUntil) return false;
      // This call is the probe. Later ones wait for its result, or for the next pause to end.
      state.pausedUntil = now() + pauseMs;
      return true;
    },
    failed: (kind) => count(kind, 1),
    open: (kind) => count(kind, tolerated),
    succeeded(kind) {
      const wasOpen = (known.get(kind)?.failures ?? 0) >= tolerated;
      known.delete(kind);
      if (wasOpen) onChange?.(false, kind);
    },
  };
}
