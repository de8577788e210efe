/**
 * Runs work in lanes: what has one key goes one after another in the order given, keys go side by side, up to
 * `concurrency` at once. Work must not throw.
 */
export function createLanes(concurrency: number) {
  const lanes = new Map<string, (() => Promise<void>)[]>();
  const ready: string[] = [];
  let active = 0;

  async function drive(key: string): Promise<void> {
    const lane = lanes.get(key)!;
    await lane[0]!();
    lane.shift();
    active -= 1;
    // Behind the other keys that wait: one busy aggregate does not keep a place for itself.
    if (lane.length > 0) ready.push(key);
    else lanes.delete(key);
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
      const lane = lanes.get(key);
      if (lane) {
        lane.push(work);
        return;
      }
      lanes.set(key, [work]);
      ready.push(key);
      next();
    },
  };
}
