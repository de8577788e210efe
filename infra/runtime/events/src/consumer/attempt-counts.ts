import type { ReceivedMessage } from '#consumer/received-message.ts';

/** Far more than a process holds. Beyond it, the oldest counts are dropped. */
const MAX_COUNTS = 20_000;

/**
 * Counts the failed attempts of this process for each message. The server's count is higher: it includes messages that
 * a stopping process gave back and messages that failed during an outage.
 */
export function createAttemptCounts() {
  const counts = new Map<string, number>();
  const messageKey = ({ stream, sequence }: ReceivedMessage) => `${stream} ${sequence}`;
  return {
    of: (message: ReceivedMessage): number => counts.get(messageKey(message)) ?? 0,
    /** @returns the new count */
    add(message: ReceivedMessage): number {
      const key = messageKey(message);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (counts.size > MAX_COUNTS) counts.delete(counts.keys().next().value!);
      return count;
    },
    /** Removes the last attempt from the count. */
    undo(message: ReceivedMessage): void {
      const key = messageKey(message);
      counts.set(key, Math.max(0, (counts.get(key) ?? 0) - 1));
    },
    forget(message: ReceivedMessage): void {
      counts.delete(messageKey(message));
    },
  };
}
