import { LRUCache } from 'lru-cache';

/**
 * A breaker for each kind of call to a store, such as a statement: one that waits for a locked table takes no connections from others, and
 * nobody waits for what does not answer anyway.
 */
export type LateCalls = {
  /** Whether the call may be made. While its kind is late again and again, one call a second may. */
  allows(kind: string): boolean;
  late(kind: string): void;
  /** It was answered, or failed for a reason of its own. */
  answered(kind: string): void;
};

/** Late so often in a row, without an answer between: a single locked row, or a slow moment, is not enough. */
const TOLERATED = 3;
const PAUSE_MS = 1000;
const KINDS = 1000;

export function createLateCalls(options: { now?: () => number } = {}): LateCalls {
  const { now = () => performance.now() } = options;
  const known = new LRUCache<string, { count: number; pausedUntil: number }>({ max: KINDS });
  return {
    allows(kind) {
      const state = known.get(kind);
      if (!state || state.count < TOLERATED) return true;
      if (now() < state.pausedUntil) return false;
      // This call tries it. Those after it wait for its result, or for the next turn.
      state.pausedUntil = now() + PAUSE_MS;
      return true;
    },
    late(kind) {
      const state = known.get(kind) ?? { count: 0, pausedUntil: 0 };
      state.count += 1;
      state.pausedUntil = now() + PAUSE_MS;
      known.set(kind, state);
    },
    answered: (kind) => void known.delete(kind),
  };
}
