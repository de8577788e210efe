import type { DeadLetterStore } from '#dead-letter/dead-letter.repository.ts';
import type { Burial } from '#dead-letter/dead-letter.ts';

const AT_ONCE = 100;

/**
 * Writes dead letters of a consumer one statement after another, with all that came meanwhile: where everything is bad, thousands come at once,
 * and must not take the connections of everybody else.
 */
export function createBurials(store: Pick<DeadLetterStore, 'bury'>) {
  let waiting: { letter: Burial; written: PromiseWithResolvers<void> }[] = [];
  let isWriting = false;

  async function write(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const part = waiting.slice(0, AT_ONCE);
      waiting = waiting.slice(AT_ONCE);
      const letters = new Map(part.map(({ letter }) => [letter.key, letter]));
      const error = await store.bury([...letters.values()]).then(
        () => null,
        (reason: unknown) => ({ reason }),
      );
      for (const { written } of part) error ? written.reject(error.reason) : written.resolve();
    }
    isWriting = false;
  }

  return {
    /** Resolves when the letter is written. */
    bury(letter: Burial): Promise<void> {
      const written = Promise.withResolvers<void>();
      waiting.push({ letter, written });
      if (!isWriting) void write();
      return written.promise;
    },
  };
}
