import type { DeadLetterStore } from '#dead-letter/dead-letter.repository.ts';
import type { NewDeadLetter } from '#dead-letter/dead-letter.ts';

const BATCH_SIZE = 100;

/**
 * Writes the dead letters of a consumer in batches, one statement at a time. If every event fails, thousands arrive at
 * once, and must not take all database connections.
 */
export function createDeadLetterWriter(store: Pick<DeadLetterStore, 'put'>) {
  let waiting: { letter: NewDeadLetter; written: PromiseWithResolvers<void> }[] = [];
  let isWriting = false;

  async function writeBatches(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const part = waiting.slice(0, BATCH_SIZE);
      waiting = waiting.slice(BATCH_SIZE);
      const letters = new Map(part.map(({ letter }) => [letter.key, letter]));
      const error = await store.put([...letters.values()]).then(
        () => null,
        (reason: unknown) => ({ reason }),
      );
      for (const { written } of part) error ? written.reject(error.reason) : written.resolve();
    }
    isWriting = false;
  }

  return {
    /** Resolves when the letter is written. */
    write(letter: NewDeadLetter): Promise<void> {
      const written = Promise.withResolvers<void>();
      waiting.push({ letter, written });
      if (!isWriting) void writeBatches();
      return written.promise;
    },
  };
}
