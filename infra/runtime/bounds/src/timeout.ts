/** Something did not end within the time given to it. */
export class TimeoutError extends Error {
  override name = 'TimeoutError';

  constructor(ms: number) {
    super(`There was no answer within ${Math.round(ms)} ms.`);
  }
}

/**
 * Waits for work for at most `ms`, and only until one of the signals is aborted. Work that is no longer waited for runs
 * on, unless it observes its own signal.
 *
 * @param work its signal is aborted at the end of the wait, unless the work has succeeded
 * @param options.timeoutError made at the timeout; by default a `TimeoutError`
 * @param options.abortError made if a signal is aborted; by default the reason of the signal
 */
export async function withTimeout<T>(
  work: (signal: AbortSignal) => Promise<T>,
  options: {
    ms: number;
    timeoutError?: () => Error;
    signals?: readonly AbortSignal[];
    abortError?: () => Error;
  },
): Promise<T> {
  const { ms, timeoutError = () => new TimeoutError(ms), signals = [], abortError } = options;
  const controller = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(abortError?.() ?? signals.find(({ aborted }) => aborted)?.reason);
  // Timers cut fractions off, and would end before the time is up.
  const timer = setTimeout(() => reject(timeoutError()), Math.ceil(ms));
  for (const signal of signals) signal.addEventListener('abort', onAbort);
  try {
    if (signals.some(({ aborted }) => aborted)) onAbort();
    else return await Promise.race([work(controller.signal), ended]);
    return await ended;
  } catch (error) {
    controller.abort(error);
    throw error;
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener('abort', onAbort);
  }
}
