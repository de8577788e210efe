/**
 * Runs work of one key in the given order, and work of up to `concurrency` keys at the same time. Work must not throw.
 */
export function createKeyedQueue(concurrency: number) {
  const queues = new Map<string, (() => Promise<void>)[]>();
  const ready: string[] = [];
  let active = 0;

  async function drive(key: string): Promise<void> {
    const queue = queues.get(key)!;
    await queue[0]!();
    queue.shift();
    active -= 1;
    // Behind the other keys that wait, so that one busy aggregate cannot keep its place.
    if (queue.length > 0) ready.push(key);
    else queues.delete(key);
    next();
  }

  function next(): void {
    while (active < concurrency) {
      const key = ready.shift();
      if (key === undefined) return;
      active += 1;
      void drive(key);
    }
  }

  return {
    add(key: string, work: () => Promise<void>): void {
      const queue = queues.get(key);
      if (queue) {
        queue.push(work);
        return;
      }
      queues.set(key, [work]);
      ready.push(key);
      next();
    },
  };
}
