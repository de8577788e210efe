import { StoreError } from '@tintype/viewer';

/** Gives out a fixed number of connections, to each client in turn and to none more than its quota. */
export type ConnectionQuotas = {
  /**
   * Resolves to a function that returns the connection.
   *
   * @param client the client that uses it: see `RequestLimits.client`. Work outside requests is one client, too
   * @throws StoreError OVERLOADED if too many are waiting, or none was free within `waitMs`
   */
  take(client: string, waitMs: number): Promise<() => void>;
  waiting(): number;
};

/** More would have to wait longer than any request does. */
const MAX_WAITING = 1000;

type Waiter = { grant(): void };

export function createConnectionQuotas(options: { max: number; quota: number }): ConnectionQuotas {
  const { max, quota } = options;
  const held = new Map<string, number>();
  /** Iterated in turns: a client that was served moves to the end. */
  const queues = new Map<string, Waiter[]>();
  let total = 0;
  let waiting = 0;

  const heldBy = (client: string) => held.get(client) ?? 0;
  const isFree = (client: string) => total < max && heldBy(client) < quota;

  const grant = (client: string): (() => void) => {
    total += 1;
    held.set(client, heldBy(client) + 1);
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      total -= 1;
      if (heldBy(client) > 1) held.set(client, heldBy(client) - 1);
      else held.delete(client);
      serve();
    };
  };

  function serve(): void {
    for (const [client, queue] of queues) {
      if (total >= max) return;
      if (!isFree(client)) continue;
      queues.delete(client);
      const next = queue.shift()!;
      if (queue.length > 0) queues.set(client, queue);
      next.grant();
    }
  }

  return {
    async take(client, waitMs) {
      if (isFree(client)) return grant(client);
      if (waiting >= MAX_WAITING) throw new StoreError('OVERLOADED');
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const queue = queues.get(client) ?? [];
      const waiter: Waiter = {
        grant() {
          clearTimeout(timer);
          resolve(grant(client));
        },
      };
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(waiter), 1);
        if (queue.length === 0) queues.delete(client);
        reject(new StoreError('OVERLOADED'));
      }, waitMs);
      queue.push(waiter);
      queues.set(client, queue);
      waiting += 1;
      return promise.finally(() => {
        waiting -= 1;
      });
    },
    waiting: () => waiting,
  };
}
