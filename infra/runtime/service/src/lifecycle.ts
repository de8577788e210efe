import type { Log } from '@tintype/telemetry';

export type Closeable = { close(): Promise<void> };

/** Closes in reverse order of construction. An error is logged, and the others are still closed. */
export async function closeAll(parts: readonly Closeable[], log: Log): Promise<void> {
  for (const part of [...parts].reverse()) {
    try {
      await part.close();
    } catch (error) {
      log.error({ error }, 'A part of the process could not be closed.');
    }
  }
}

/**
 * A second signal this soon is an echo: npm passes a signal of the terminal on to a child that has already received it.
 */
const ECHO_MS = 1000;

/**
 * Calls `first` when the process is asked to end (SIGINT, SIGTERM, SIGHUP), and `again` for each later signal that is
 * not an echo. Signals no longer end the process by themselves.
 *
 * @returns stops listening
 */
export function onEndAsked(first: (signal: NodeJS.Signals) => void, again: () => void): () => void {
  let askedAt: number | undefined;
  const take = (signal: NodeJS.Signals) => {
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > ECHO_MS) again();
      return;
    }
    askedAt = performance.now();
    first(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, take);
  return () => {
    for (const signal of signals) process.off(signal, take);
  };
}

/**
 * Resolves when the process is asked to end and `close` has drained it. A drain that takes longer than `drainMs`, or a
 * second signal from an impatient operator, ends the process with code 1.
 */
export function runUntilSignal(options: { close(): Promise<void>; log: Log; drainMs?: number }): Promise<void> {
  const { close, log, drainMs = 25_000 } = options;
  return new Promise((resolve) => {
    const end = async (signal: NodeJS.Signals) => {
      log.info({ signal }, 'The process drains.');
      setTimeout(() => {
        log.error({ drainMs }, 'The process did not drain in time.');
        process.exit(1);
      }, drainMs).unref();
      await close();
      resolve();
    };
    onEndAsked(
      (signal) => void end(signal),
      () => process.exit(1),
    );
  });
}
