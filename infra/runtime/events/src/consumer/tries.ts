import type { Delivery } from '#consumer/delivery.ts';

/** Far above what a process holds and has given back; beyond it the oldest are counted anew. */
const MOST = 20_000;

/**
 * How often this process tried a message and failed. The server's count of deliveries says something else: it grows also with messages that
 * a process which stops gives back, and while what they need is away.
 */
export function createTries() {
  const counts = new Map<string, number>();
  const keyOf = ({ stream, sequence }: Delivery) => `${stream} ${sequence}`;
  return {
    of: (delivery: Delivery): number => counts.get(keyOf(delivery)) ?? 0,
    /** @returns how many there are now */
    add(delivery: Delivery): number {
      const key = keyOf(delivery);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (counts.size > MOST) counts.delete(counts.keys().next().value!);
      return count;
    },
    /** The last one does not count. */
    takeBack(delivery: Delivery): void {
      const key = keyOf(delivery);
      counts.set(key, Math.max(0, (counts.get(key) ?? 0) - 1));
    },
    forget(delivery: Delivery): void {
      counts.delete(keyOf(delivery));
    },
  };
}
