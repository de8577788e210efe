import { type ErasureStep, erase } from '@tintype/events';

/** Erases what the steps have of a person, as the worker does. @returns how many there were of what */
export function eraseAll(
  steps: readonly ErasureStep[],
  userId: bigint,
  pageSize: number,
): Promise<Record<string, number>> {
  return erase(steps, userId, pageSize, { signal: new AbortController().signal, working: () => undefined });
}

/**
 * Erases a person in runs that are killed: the first at its first page, each later one a page later than the one before, by turns before
 * that page and after it was committed; until one comes to its end. So it was interrupted at every place between two pages.
 *
 * @returns how many were killed
 */
export async function eraseInterrupted(
  steps: readonly ErasureStep[],
  userId: bigint,
  pageSize: number,
): Promise<number> {
  for (let killed = 0; ; killed++) {
    const failAt = killed + 1;
    let pages = 0;
    const dying = steps.map(
      (step): ErasureStep => ({
        ...step,
        async next(...page) {
          if (++pages === failAt && failAt % 2 === 1) throw new KilledError();
          const found = await step.next(...page);
          if (pages === failAt) throw new KilledError();
          return found;
        },
      }),
    );
    try {
      await eraseAll(dying, userId, pageSize);
      return killed;
    } catch (error) {
      if (!(error instanceof KilledError)) throw error;
    }
  }
}

class KilledError extends Error {}
