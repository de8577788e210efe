const PERIOD_MS = 1000;
/** Texts that are remembered; where there are more, all are forgotten, and each is a line again. */
const MAX_KEYS = 1000;

export type Repetitions = {
  /** @returns how many were left out before this one, which is to be logged; null where this one is left out as well */
  see(key: string, now: number): number | null;
};

/** Lets each text through once a second. @param key what makes two lines the same */
export function createRepetitions(): Repetitions {
  const seen = new Map<string, { loggedAt: number; leftOut: number }>();
  return {
    see(key, now) {
      const last = seen.get(key);
      if (last && now - last.loggedAt < PERIOD_MS) {
        last.leftOut += 1;
        return null;
      }
      if (!last && seen.size >= MAX_KEYS) seen.clear();
      seen.set(key, { loggedAt: now, leftOut: 0 });
      return last?.leftOut ?? 0;
    },
  };
}
