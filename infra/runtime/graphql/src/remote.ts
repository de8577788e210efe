import type { Log } from '@tintype/telemetry';
import type { ExecutionResult } from 'graphql';
import { AddressError } from './address.error.ts';
import { type Address, openAddress } from './address.ts';
import { SubgraphError } from './client.ts';
import type { SubgraphRequest } from './subgraph.ts';
import { RESTART_MS } from './timeouts.ts';

export type Remote = {
  /** @throws SubgraphError, or the reason of the request's signal */
  call(request: SubgraphRequest & { signal: AbortSignal }): Promise<ExecutionResult>;
  close(): Promise<void>;
};

/**
 * A subgraph in other processes. A call goes to the address with the fewest running calls, and to another one if that
 * fails. A mutation is sent again only if it certainly did not begin.
 */
export function openRemote(options: { subgraph: string; urls: readonly string[]; secret: string; log: Log }): Remote {
  const { subgraph, urls, secret, log } = options;
  const waiting = new Set<() => void>();
  const onChange = () => {
    for (const wake of waiting) wake();
  };
  const isWell = ({ state, isDoubtful }: Address) => state === 'up' && !isDoubtful;
  const addresses: Address[] = urls.map((url, index) => {
    const hasOthers = () => addresses.some((other, at) => at !== index && isWell(other));
    return openAddress({ subgraph, url, secret, log, onChange, hasOthers });
  });

  const choose = (tries: ReadonlyMap<Address, number>, isMutation: boolean): Address | undefined => {
    const triesOf = (address: Address) => tries.get(address) ?? 0;
    // A process that shuts down may close a connection before it has read the request, and a mutation could not be sent
    // again.
    const usable = addresses.filter(({ state }) => state === 'up' || (state === 'draining' && !isMutation));
    const isLast = (address: Address) => Number(!isWell(address));
    return usable.toSorted(
      (a, b) => triesOf(a) - triesOf(b) || isLast(a) - isLast(b) || a.running - b.running || Math.random() - 0.5,
    )[0];
  };
  const isReturning = () =>
    addresses.some(
      ({ state, since }) => state === 'draining' || (state === 'gone' && performance.now() - since < RESTART_MS),
    );
  /** Until an address changes its state, or a while has passed. */
  const change = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(done, RESTART_MS / 10);
      function done() {
        clearTimeout(timer);
        waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      }
      waiting.add(done);
      signal.addEventListener('abort', done);
    });

  return {
    async call(request) {
      const isMutation = request.identity.operation === 'mutation';
      const tries = new Map<Address, number>();
      let last: AddressError | undefined;
      for (let sent = 0; sent <= addresses.length; ) {
        request.signal.throwIfAborted();
        const address = choose(tries, isMutation);
        if (!address) {
          if (!isReturning()) break;
          await change(request.signal);
          continue;
        }
        // Busy everywhere: more calls would only add to the load.
        if (last?.kind === 'busy' && tries.has(address)) break;
        try {
          return await address.send(request);
        } catch (error) {
          if (!(error instanceof AddressError)) throw error;
          last = error;
          if (isMutation && !error.isUnsent) break;
          tries.set(address, (tries.get(address) ?? 0) + 1);
          if (error.kind !== 'refused' && error.kind !== 'doubtful') sent += 1;
        }
      }
      const code = last?.kind === 'busy' ? 'OVERLOADED' : 'UNAVAILABLE';
      throw new SubgraphError(subgraph, code, last?.message ?? 'does not answer', { cause: last });
    },
    async close() {
      await Promise.all(addresses.map((address) => address.close()));
    },
  };
}
