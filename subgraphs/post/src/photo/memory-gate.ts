/** Runs the work as soon as the memory that it needs is free. */
export type MemoryGate = <T>(bytes: number, work: () => Promise<T>) => Promise<T>;

/**
 * Limits concurrent work by the memory that each piece needs, first come, first served, so that several large photos
 * are not decoded at once. Work that needs more than the total runs alone.
 */
export function createMemoryGate(totalBytes: number): MemoryGate {
  const queue: { bytes: number; enter(): void }[] = [];
  let free = totalBytes;
  const admit = () => {
    while (queue[0] && queue[0].bytes <= free) {
      const { bytes, enter } = queue.shift()!;
      free -= bytes;
      enter();
    }
  };
  return async (needed, work) => {
    const bytes = Math.min(needed, totalBytes);
    await new Promise<void>((enter) => {
      queue.push({ bytes, enter });
      admit();
    });
    try {
      return await work();
    } finally {
      free += bytes;
      admit();
    }
  };
}
