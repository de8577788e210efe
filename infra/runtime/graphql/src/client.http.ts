import { signViewerPass, VIEWER_PASS_HEADER } from '@tintype/viewer';
import type { ExecutionResult } from 'graphql';
import CircuitBreaker from 'opossum';
import { Pool } from 'undici';
import { CALL_LIMITS, withinBounds } from './client.bounds.ts';
import { type SubgraphClient, type SubgraphClientRequest, SubgraphError, withRequest } from './client.ts';

/** The breaker's figures fit two cores: half of 20 calls in 10 s opens it, 5 s later one call tries again. */
const BULKHEAD = 256;
const BREAKER = { rollingCountTimeout: 10_000, volumeThreshold: 20, errorThresholdPercentage: 50, resetTimeout: 5000 };

type Remote = { pool: Pool; path: string; breaker: CircuitBreaker<[SubgraphClientRequest], ExecutionResult> };

/**
 * Calls subgraphs of other processes: kept connections, a time-out, one retry for queries, a breaker and a bulkhead each.
 *
 * @param options.urls address per subgraph: `http://host:port` or `unix:/path/of/socket`
 */
export function createHttpClient(options: {
  urls: Readonly<Record<string, string>>;
  secret: string;
  queryTimeoutMs?: number;
}): SubgraphClient & { close(): Promise<void> } {
  const { urls, secret, queryTimeoutMs = CALL_LIMITS.queryMs } = options;
  const remotes = new Map<string, Remote>();
  for (const [name, url] of Object.entries(urls)) {
    const pool = url.startsWith('unix:')
      ? new Pool('http://localhost', { connections: 32, pipelining: 1, socketPath: url.slice('unix:'.length) })
      : new Pool(new URL(url).origin, { connections: 32, pipelining: 1, connect: { timeout: 1000 } });
    const call = (request: SubgraphClientRequest) => send(pool, name, request, secret);
    const breaker = new CircuitBreaker(call, { ...BREAKER, timeout: false, capacity: BULKHEAD });
    remotes.set(name, { pool, path: '/graphql', breaker });
  }
  const client = withRequest(async (name, request) => {
    const remote = remotes.get(name);
    if (!remote) throw new SubgraphError(name, 'UNAVAILABLE', 'has no address: see SUBGRAPH_URLS');
    // The time that one call may take is for both tries together.
    return withinBounds(name, request, { ...CALL_LIMITS, queryMs: queryTimeoutMs }, async (bounded) => {
      try {
        return await remote.breaker.fire(bounded);
      } catch (error) {
        if (request.pass.operation === 'mutation' || remote.breaker.opened || bounded.signal.aborted) {
          throw asSubgraphError(name, error);
        }
        return await remote.breaker.fire(bounded).catch((again) => Promise.reject(asSubgraphError(name, again)));
      }
    });
  });
  return {
    ...client,
    async close() {
      for (const { pool, breaker } of remotes.values()) {
        breaker.shutdown();
        await pool.close();
      }
    },
  };
}

async function send(
  pool: Pool,
  name: string,
  { query, operationName, variables, pass, signal }: SubgraphClientRequest,
  secret: string,
): Promise<ExecutionResult> {
  const response = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json', [VIEWER_PASS_HEADER]: signViewerPass(pass, name, secret) },
    body: JSON.stringify({ query, operationName, variables }),
    signal: signal ?? null,
  });
  if (response.statusCode !== 200) {
    await response.body.dump();
    throw new SubgraphError(name, 'UNAVAILABLE', `answered with status ${response.statusCode}`);
  }
  return (await response.body.json()) as ExecutionResult;
}

function asSubgraphError(name: string, error: unknown): SubgraphError {
  return error instanceof SubgraphError
    ? error
    : new SubgraphError(name, 'UNAVAILABLE', (error as Error).message, { cause: error });
}
