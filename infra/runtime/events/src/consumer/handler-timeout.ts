/**
 * Runs one handler call. Rejects if it takes longer than `timeoutMs` or if `stop` is aborted, and then aborts the signal that the call
 * received.
 */
export async function runWithTimeout(
  timeoutMs: number,
  stop: AbortSignal,
  call: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const { promise: cut, reject } = Promise.withResolvers<never>();
  const abort = (reason: Error) => {
    controller.abort(reason);
    reject(reason);
  };
  const onStop = () => abort(new Error('The consumer stops.'));
  const timer = setTimeout(() => abort(new Error(`The handler took longer than ${timeoutMs} ms.`)), timeoutMs);
  stop.addEventListener('abort', onStop, { once: true });
  try {
    await Promise.race([call(controller.signal), cut]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  }
}
