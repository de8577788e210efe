const FACTOR = 8;
const ROUNDS = 5;
/** Of one measurement: processor time is counted in steps of a few milliseconds. */
const LEAST_MS = 20;

/**
 * How many times as much processor time work takes for eight times the input: 8 where it is linear, 64 where it is quadratic. Median of
 * several rounds, of this thread alone: neither depends on what else the machine does. Strings of 100 kB and more are no measure: memory
 * for them is fetched from the operating system.
 */
export function growthOf(work: (size: number) => void, size: number): number {
  // Compiled before it is measured.
  costOf(() => work(size));
  const growths = Array.from({ length: ROUNDS }, () => {
    const before = costOf(() => work(size));
    return costOf(() => work(FACTOR * size)) / before;
  });
  return growths.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)]!;
}

function costOf(work: () => void): number {
  const began = process.threadCpuUsage();
  for (let times = 1; ; times += 1) {
    work();
    const { user, system } = process.threadCpuUsage(began);
    const ms = (user + system) / 1000;
    if (ms >= LEAST_MS) return ms / times;
  }
}
