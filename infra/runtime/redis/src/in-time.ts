/** The answer did not come in the time given to it. */
export class LateError extends Error {
  override name = 'LateError';
}

/**
 * The promise, for at most `ms`: node-redis gives up commands that wait to be written, but not those that were.
 *
 * @throws LateError
 */
export async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LateError(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
