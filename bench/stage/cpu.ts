import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of the kernel's clock in a second, which Linux fixes for programs. */
const TICKS = 100;

/** Ended children count with their parents, so nobody who comes and goes in between is missed. */
type Times = { parent: number; seconds: number };

function timesOf(pid: number): Times | null {
  try {
    // The name, in parentheses, may have anything in it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ').map(Number);
    const [parent, ticks] = [fields[1]!, fields.slice(11, 15).reduce((sum, one) => sum + one, 0)];
    return { parent, seconds: ticks / TICKS };
  } catch {
    return null;
  }
}

/** Seconds of CPU that these processes and all below them have had so far. Other load on the machine does not count, unlike with a clock. */
export function cpuSeconds(pids: readonly (number | undefined)[]): number {
  const all = new Map<number, Times>();
  for (const name of readdirSync('/proc')) {
    const times = /^\d+$/.test(name) ? timesOf(Number(name)) : null;
    if (times) all.set(Number(name), times);
  }
  const roots = new Set(pids);
  const isBelow = (pid: number): boolean =>
    roots.has(pid) || (all.has(pid) && pid > 1 && isBelow(all.get(pid)!.parent));
  return [...all].filter(([pid]) => isBelow(pid)).reduce((sum, [, { seconds }]) => sum + seconds, 0);
}
