import type { Log } from '@tintype/telemetry';

export type Closeable = { close(): Promise<void> };

/** Closes in reverse order of construction; one that fails is logged and does not keep the others open. */
export async function closeAll(parts: readonly Closeable[], log: Log): Promise<void> {
  for (const part of [...parts].reverse()) {
    try {
      await part.close();
    } catch (error) {
      log.error({ error }, 'a part did not close');
    }
  }
}

/**
 * Resolves when the process is asked to end (SIGINT, SIGTERM) and `close` has drained it. A drain that takes longer than
 * `drainMs` ends the process with code 1, and so does a second signal: an operator who asks twice means it.
 */
export function runUntilSignal(options: { close(): Promise<void>; log: Log; drainMs?: number }): Promise<void> {
  const { close, log, drainMs = 25_000 } = options;
  return new Promise((resolve) => {
    let ending = false;
    const end = async (signal: NodeJS.Signals) => {
      if (ending) process.exit(1);
      ending = true;
      log.info({ signal }, 'draining');
      setTimeout(() => {
        log.error({ drainMs }, 'the drain did not end in time');
        process.exit(1);
      }, drainMs).unref();
      await close();
      resolve();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  });
}
