import type { Delivery } from '#consumer/delivery.ts';

/** Far more than a process holds. Beyond it, the oldest counts are dropped. */
const MAX_COUNTS = 20_000;

/**
 * Counts the failed attempts of this process for each message. The server's delivery count is higher: it includes messages that a stopping
 * process gave back and messages that failed during an outage.
 */
export function createAttemptCounts() {
  const counts = new Map<string, number>();
  const keyOf = ({ stream, sequence }: Delivery) => `${stream} ${sequence}`;
  return {
    of: (delivery: Delivery): number => counts.get(keyOf(delivery)) ?? 0,
    /** @returns the new count */
    add(delivery: Delivery): number {
      const key = keyOf(delivery);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (counts.size > MAX_COUNTS) counts.delete(counts.keys().next().value!);
      return count;
    },
    /** Removes the last attempt from the count. */
    undo(delivery: Delivery): void {
      const key = keyOf(delivery);
      counts.set(key, Math.max(0, (counts.get(key) ?? 0) - 1));
    },
    forget(delivery: Delivery): void {
      counts.delete(keyOf(delivery));
    },
  };
}
