import { backoffMs } from '@tintype/bounds';
import type { ReceivedMessage } from '#consumer/received-message.ts';

const BASE_MS = 500;
const MAX_MS = 30_000;
const CHECK_MS = 250;

/**
 * Messages that wait in this process for the end of an outage. They are not given back to the server, because it would
 * count each return as an attempt. A message that fails repeatedly waits longer each time, so that it does not hold up
 * the others.
 *
 * @param options.allows the breaker's state
 * @param options.isTrying whether a message is being handled
 * @param options.resume receives a message that is due; `isProbe` if it is the only one that may be handled
 */
export function createDeferredMessages(options: {
  allows(): 'all' | 'one' | 'none';
  isTrying(): boolean;
  resume(message: ReceivedMessage, isProbe: boolean): void;
}) {
  const { allows, isTrying, resume } = options;
  const waiting = new Map<ReceivedMessage, number>();
  const failures = new WeakMap<ReceivedMessage, number>();
  let timer: NodeJS.Timeout | undefined;

  function take(message: ReceivedMessage, isProbe: boolean): void {
    waiting.delete(message);
    resume(message, isProbe);
  }

  function check(): void {
    const allowed = allows();
    if (allowed === 'all') {
      const now = performance.now();
      for (const [message, at] of waiting) if (at <= now) take(message, false);
    } else if (allowed === 'one' && !isTrying()) {
      const [next] = [...waiting].sort(([, one], [, other]) => one - other);
      if (next) take(next[0], true);
    }
    if (waiting.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }

  return {
    size: () => waiting.size,
    /** @param failed whether the handler was called */
    add(message: ReceivedMessage, failed: boolean): void {
      const count = (failures.get(message) ?? 0) + (failed ? 1 : 0);
      failures.set(message, count);
      waiting.set(message, performance.now() + (failed ? backoffMs(count, BASE_MS, MAX_MS) : 0));
      timer ??= setInterval(check, CHECK_MS);
    },
    /** Checks now, not at the next interval. */
    check,
    /** Removes and returns all messages. */
    clear(): ReceivedMessage[] {
      clearInterval(timer);
      timer = undefined;
      const all = [...waiting.keys()];
      waiting.clear();
      return all;
    },
  };
}
