/** Runs work when the memory that it announces is free. */
export type MemoryGate = <T>(bytes: number, work: () => Promise<T>) => Promise<T>;

/**
 * Bounds what runs at once by the memory that each piece announces, in the order of arrival, so that several large ones do not
 * come together. One that announces more than there is runs alone.
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
  return async (announced, work) => {
    const bytes = Math.min(announced, totalBytes);
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
