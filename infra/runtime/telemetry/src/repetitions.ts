const PERIOD_MS = 1000;
/** How many kinds of lines in one second get a line of their own. All others share one. */
const MAX_KINDS = 100;
const OTHERS = Symbol('others');

/** Writes a line. @param leftOut how many lines of its kind were suppressed since the last one */
type Write = (leftOut: number) => void;

export type Repetitions = {
  /** @param kind identifies lines that count as the same */
  see(kind: string, write: Write): void;
};

/**
 * Writes the first line of a kind at once, and after that the newest one of each second at its end. So every suppressed
 * line is counted, even if no further one comes.
 */
export function createRepetitions(): Repetitions {
  const seconds = new Map<string | symbol, { newest: Write | undefined; leftOut: number }>();

  const begin = (kind: string | symbol) => {
    const second = { newest: undefined as Write | undefined, leftOut: 0 };
    seconds.set(kind, second);
    setTimeout(() => {
      seconds.delete(kind);
      if (!second.newest) return;
      begin(kind);
      second.newest(second.leftOut);
    }, PERIOD_MS).unref();
  };

  return {
    see(text, write) {
      const kind = seconds.has(text) || seconds.size < MAX_KINDS ? text : OTHERS;
      const second = seconds.get(kind);
      if (!second) {
        begin(kind);
        return write(0);
      }
      if (second.newest) second.leftOut += 1;
      second.newest = write;
    },
  };
}
