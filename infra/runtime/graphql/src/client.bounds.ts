import { currentFetchScope } from '@tintype/viewer';
import { SubgraphError } from './client.ts';
import type { SubgraphRequest } from './subgraph.ts';

export type CallLimits = { queryMs: number; mutationMs: number };

/** How long a call may take where its caller has more time. */
export const CALL_LIMITS: CallLimits = { queryMs: 3000, mutationMs: 10_000 };

/** A subgraph that asks another one keeps the rest of its time, so that it can still answer when the other one does not. */
const SHARE_OF_CALLER = 0.85;

/**
 * Runs a call to a subgraph for at most the time that its kind of operation may take, and no longer than its caller waits. `work` gets the
 * request with the deadline that follows from both and a signal that is aborted with it; it is left to itself when the time is up.
 *
 * @throws SubgraphError UNAVAILABLE, ABANDONED
 */
export async function withinBounds<T>(
  name: string,
  request: SubgraphRequest,
  limits: CallLimits,
  work: (bounded: SubgraphRequest & { signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const { identity } = request;
  const scope = currentFetchScope();
  const now = performance.now();
  const limit = identity.operation === 'mutation' ? limits.mutationMs : limits.queryMs;
  // The identity of a loader is that of the first fetch of its request: within a fetch only the fetch's own deadline counts.
  const left = scope ? ((scope.deadline ?? Infinity) - now) * SHARE_OF_CALLER : (identity.deadline ?? Infinity) - now;
  const ms = Math.min(limit, left);
  if (ms <= 0) throw new SubgraphError(name, 'ABANDONED', 'there is no time left to ask it');

  const controller = new AbortController();
  const callers = [request.signal, scope?.signal].filter((signal) => signal !== undefined);
  let stop = () => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    const end = (error: SubgraphError) => {
      reject(error);
      controller.abort(error);
    };
    const abandon = () => end(new SubgraphError(name, 'ABANDONED', 'nobody waits for the answer any more'));
    // Rounded up, since timers cut fractions off: a caller whose own timer ends now tells its client first that the time is up.
    const timer = setTimeout(() => end(lateError(name, ms, ms < limit)), Math.ceil(ms));
    for (const signal of callers) signal.addEventListener('abort', abandon);
    if (callers.some((signal) => signal.aborted)) abandon();
    stop = () => {
      clearTimeout(timer);
      for (const signal of callers) signal.removeEventListener('abort', abandon);
    };
  });
  // Without a handler of its own, one that nobody races any more would be an unhandled rejection.
  stopped.catch(() => undefined);
  try {
    if (controller.signal.aborted) return await stopped;
    const bounded = { ...request, identity: { ...identity, deadline: now + ms }, signal: controller.signal };
    return await Promise.race([work(bounded), stopped]);
  } catch (error) {
    // What is still under way for it, such as a call to an address that is silent, is for nobody.
    controller.abort(error);
    throw error;
  } finally {
    stop();
  }
}

function lateError(name: string, ms: number, isCallersLimit: boolean): SubgraphError {
  const message = `did not answer within ${Math.round(ms)} ms${isCallersLimit ? ', which its caller had left' : ''}`;
  return new SubgraphError(name, 'UNAVAILABLE', message);
}
