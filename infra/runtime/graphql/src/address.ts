import { counter, gauge, type Log } from '@tintype/telemetry';
import { IDENTITY_HEADER, signIdentityToken } from '@tintype/viewer';
import type { ExecutionResult } from 'graphql';
import { Pool } from 'undici';
import { AddressError, addressErrorOf } from './address.error.ts';
import { type AddressState, watchAddress } from './address.watch.ts';
import { CALLS, createCallBulkhead } from './call-bulkhead.ts';
import { DRAINING_HEADER, PROBE_PATH } from './serve.drain.ts';
import type { SubgraphRequest } from './subgraph.ts';

/** The address of one process of a subgraph, and whether it responds. */
export type Address = {
  readonly state: AddressState;
  readonly since: number;
  readonly isDoubtful: boolean;
  /** How many calls are running. */
  readonly running: number;
  /** @throws AddressError, or the reason of the request's signal */
  send(request: SubgraphRequest & { signal: AbortSignal }): Promise<ExecutionResult>;
  close(): Promise<void>;
};

/**
 * One address of a subgraph. Each call has a connection of its own, so calls do not wait for connections.
 *
 * @param options.url `http://host:port` or `unix:/path/of/socket`
 * @param options.onChange called after each change of `state`
 * @param options.hasOthers whether another address would take a query from this one
 */
export function openAddress(options: {
  subgraph: string;
  url: string;
  secret: string;
  log: Log;
  onChange(): void;
  hasOthers(): boolean;
}): Address {
  const { subgraph, url, secret, log, onChange, hasOthers } = options;
  const labels = { subgraph, address: url };
  const isUp = gauge('tintype_subgraph_up', '1 while an address of a subgraph responds', ['subgraph', 'address']);
  const failures = counter('tintype_subgraph_failures_total', 'Calls that an address of a subgraph did not answer', [
    'subgraph',
    'kind',
  ]);
  const pool = openPool(url, CALLS.all);
  const probes = openPool(url, 1);
  const bulkhead = createCallBulkhead();
  const queries = new Set<(error: AddressError) => void>();
  isUp.set(labels, 1);
  // A query can be sent to another address. A mutation may still be finished.
  const giveUpQueries = (kind: 'silent' | 'doubtful') => {
    for (const fail of queries) fail(new AddressError(kind, 'does not answer'));
  };

  const watch = watchAddress({
    probe: async (signal) => readProbe(await probes.request({ method: 'GET', path: PROBE_PATH, signal })),
    onChange(state) {
      isUp.set(labels, state === 'up' ? 1 : 0);
      if (state === 'up') log.info(labels, 'A subgraph responds again.');
      else log.warn({ ...labels, state }, 'A subgraph does not respond.');
      if (state === 'silent') giveUpQueries('silent');
      onChange();
    },
    onDoubt() {
      if (hasOthers()) giveUpQueries('doubtful');
    },
  });

  const ask = async ({ query, operationName, variables, identity, signal }: Parameters<Address['send']>[0]) => {
    const response = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: {
        'content-type': 'application/json',
        [IDENTITY_HEADER]: `Bearer ${signIdentityToken(identity, subgraph, secret)}`,
      },
      body: JSON.stringify({ query, operationName, variables }),
      signal,
    });
    watch.responded({ isDraining: response.headers[DRAINING_HEADER] !== undefined });
    if (response.statusCode === 200) return (await response.body.json()) as ExecutionResult;
    await response.body.dump();
    if (response.statusCode === 503) throw new AddressError('busy', 'has too much to do');
    throw new AddressError('refusing', `answered with status ${response.statusCode}`);
  };
  /** A call that is given up also aborts its request, so that the connection is free for the next call. */
  const askUnlessSilent = async (request: Parameters<Address['send']>[0]) => {
    const given = new AbortController();
    const { promise: givenUp, reject } = Promise.withResolvers<never>();
    const giveUp = (reason: unknown) => {
      reject(reason);
      given.abort(reason);
    };
    const abandon = () => giveUp(request.signal.reason);
    request.signal.addEventListener('abort', abandon);
    queries.add(giveUp);
    try {
      return await Promise.race([ask({ ...request, signal: given.signal }), givenUp]);
    } finally {
      queries.delete(giveUp);
      request.signal.removeEventListener('abort', abandon);
    }
  };

  return {
    get state() {
      return watch.state;
    },
    get since() {
      return watch.since;
    },
    get isDoubtful() {
      return watch.isDoubtful;
    },
    get running() {
      return bulkhead.running;
    },
    async send(request) {
      const isMutation = request.identity.operation === 'mutation';
      return bulkhead.run(isMutation, async () => {
        const stopWaiting = watch.wait();
        try {
          return await (isMutation ? ask(request) : askUnlessSilent(request));
        } catch (error) {
          // A caller that hung up says nothing about the state of the subgraph.
          if (request.signal.aborted) throw request.signal.reason;
          const failure = addressErrorOf(error);
          failures.inc({ subgraph, kind: failure.kind });
          if (failure.kind === 'refused') watch.refused();
          throw failure;
        } finally {
          stopWaiting();
        }
      });
    },
    async close() {
      watch.stop();
      isUp.remove(labels);
      await Promise.all([pool.close(), probes.destroy()]);
    },
  };
}

function openPool(url: string, connections: number): Pool {
  const options = { connections, pipelining: 1, connect: { timeout: 1000 } };
  if (!url.startsWith('unix:')) return new Pool(new URL(url).origin, options);
  return new Pool('http://localhost', { ...options, socketPath: url.slice('unix:'.length) });
}

async function readProbe({ statusCode, body }: Awaited<ReturnType<Pool['request']>>): Promise<'up' | 'draining'> {
  await body.dump();
  return statusCode === 204 ? 'up' : 'draining';
}
