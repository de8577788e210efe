import { BulkheadFullError, createBulkhead } from '@tintype/bounds';
import { StoreError } from '@tintype/viewer';

/** Opens a few connections at a time. The others wait for their turn in order, each for at most `waitMs`. */
export type ConnectGate = <T>(connect: () => Promise<T>, waitMs: number) => Promise<T>;

/**
 * @param forgotten resolves when connections that are being opened no longer count
 * @throws (the returned function) StoreError UNAVAILABLE if it was not its turn in time
 */
export function createConnectGate(atOnce: number, forgotten: () => Promise<void>): ConnectGate {
  const enter = createBulkhead({ atOnce });
  return <T>(connect: () => Promise<T>, waitMs: number) => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const open = async () => {
      const connecting = connect();
      resolve(connecting);
      await Promise.race([connecting, forgotten()]);
    };
    enter(open, waitMs).catch((error) => {
      reject(error instanceof BulkheadFullError ? new StoreError('UNAVAILABLE', { cause: error }) : error);
    });
    return promise;
  };
}
