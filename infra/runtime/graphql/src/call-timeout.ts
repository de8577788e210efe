import { withTimeout } from '@tintype/bounds';
import { currentFetchScope } from '@tintype/viewer';
import { SubgraphError } from './client.ts';
import type { SubgraphRequest } from './subgraph.ts';
import { type CallTimeouts, SHARE_OF_CALLER } from './timeouts.ts';

/**
 * Runs a call to a subgraph for at most the time for its kind of operation, and no longer than its caller waits. `work`
 * gets the request with the resulting deadline, and a signal that is aborted at the deadline. Work that ignores the
 * signal runs on.
 *
 * @throws SubgraphError UNAVAILABLE, ABANDONED
 */
export async function withCallTimeout<T>(
  name: string,
  request: SubgraphRequest,
  timeouts: CallTimeouts,
  work: (bounded: SubgraphRequest & { signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const { identity } = request;
  const scope = currentFetchScope();
  const now = performance.now();
  const limit = identity.operation === 'mutation' ? timeouts.mutationMs : timeouts.queryMs;
  // A loader has the identity of the first fetch of its request. Inside a fetch, only the deadline of that fetch
  // counts.
  const left = scope ? ((scope.deadline ?? Infinity) - now) * SHARE_OF_CALLER : (identity.deadline ?? Infinity) - now;
  const ms = Math.min(limit, left);
  if (ms <= 0) throw new SubgraphError(name, 'ABANDONED', 'there is no time left to ask it');

  return withTimeout((signal) => work({ ...request, identity: { ...identity, deadline: now + ms }, signal }), {
    ms,
    timeoutError: () => timeoutError(name, ms, ms < limit),
    signals: [request.signal, scope?.signal].filter((signal) => signal !== undefined),
    abortError: () => new SubgraphError(name, 'ABANDONED', 'nobody waits for the answer any more'),
  });
}

function timeoutError(name: string, ms: number, isCallersLimit: boolean): SubgraphError {
  const message = `did not answer within ${Math.round(ms)} ms${isCallersLimit ? ', which its caller had left' : ''}`;
  return new SubgraphError(name, 'UNAVAILABLE', message);
}
