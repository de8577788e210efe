import { StoreError } from '@tintype/viewer';

/** Lets so many connections be made at once; the others wait in their order, each for so long. */
export type ConnectGate = <T>(connect: () => Promise<T>, waitMs: number) => Promise<T>;

/**
 * @param forgotten resolves when those that are under way now are waited for no longer
 * @throws (the returned function) StoreError UNAVAILABLE where none of those before ended in time
 */
export function createConnectGate(atOnce: number, forgotten: () => Promise<void>): ConnectGate {
  const queue: (() => void)[] = [];
  let connecting = 0;

  function waitForTurn(ms: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const take = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      queue.splice(queue.indexOf(take), 1);
      reject(new StoreError('UNAVAILABLE'));
    }, ms);
    queue.push(take);
    return promise;
  }

  return async (connect, waitMs) => {
    if (connecting < atOnce) connecting += 1;
    // Whoever ends hands its turn on, so `connecting` stays as it is.
    else await waitForTurn(waitMs);
    const made = connect();
    const end = () => {
      const next = queue.shift();
      if (next) next();
      else connecting -= 1;
    };
    void Promise.race([made, forgotten()]).then(end, end);
    return made;
  };
}
