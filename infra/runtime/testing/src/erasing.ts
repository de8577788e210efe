import { type ErasureStep, erase } from '@tintype/events';

/** Erases a person's rows with these steps, as the worker does. @returns how many rows each step found */
export function eraseAll(
  steps: readonly ErasureStep[],
  userId: bigint,
  pageSize: number,
): Promise<Record<string, number>> {
  return erase(steps, userId, pageSize, { signal: new AbortController().signal, working: () => undefined });
}

/**
 * Erases a person in runs that are killed. The first is killed at its first page, and each later one a page later,
 * alternately before the page and after its commit, until one finishes. So the erasure is interrupted at every point
 * between two pages.
 *
 * @returns how many runs were killed
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
