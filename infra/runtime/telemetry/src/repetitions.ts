const PERIOD_MS = 1000;
/** Kinds of lines in one second, each with a line of its own; all others share one. */
const MAX_KINDS = 100;
const OTHERS = Symbol('others');

/** Writes a line. @param leftOut how many of its kind were left out since the one before */
type Write = (leftOut: number) => void;

export type Repetitions = {
  /** @param kind what makes two lines the same */
  see(kind: string, write: Write): void;
};

/**
 * Writes the first line of a kind at once, and after that the newest of each second at its end: none is left out without being counted, also
 * when no further one comes.
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
