const FACTOR = 8;
const ROUNDS = 5;
/** The minimum time of one measurement, because processor time is counted in steps of a few milliseconds. */
const LEAST_MS = 20;

/**
 * How many times as much processor time work takes for eight times the input: 8 if it is linear, 64 if it is quadratic.
 * It is the median of several rounds and measures this thread only, so other load on the machine does not matter.
 * Strings of 100 kB and more cannot be measured, because their memory is fetched from the operating system.
 */
export function growthOf(work: (size: number) => void, size: number): number {
  // Runs once before it is measured, so that it is compiled.
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
