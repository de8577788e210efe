import { CALL_LIMITS, withinBounds } from './client.bounds.ts';
import { type SubgraphClient, SubgraphError, withRequest } from './client.ts';
import type { Subgraph } from './subgraph.ts';

/**
 * Calls subgraphs of this process, without serialising anything, within the bounds of a call to another process.
 *
 * @param subgraphs read at each call: subgraphs that ask each other are made one after the other
 */
export function createLocalClient(subgraphs: ReadonlyMap<string, Subgraph>, limits = CALL_LIMITS): SubgraphClient {
  return withRequest(async (name, request) => {
    const subgraph = subgraphs.get(name);
    if (!subgraph) throw new SubgraphError(name, 'UNAVAILABLE', 'is not part of this process');
    return withinBounds(name, request, limits, (bounded) => subgraph.execute(bounded));
  });
}

/** Calls the subgraphs of this process in it, and the others where they are. */
export function createRoutedClient(
  here: ReadonlyMap<string, Subgraph>,
  local: SubgraphClient,
  remote: SubgraphClient,
): SubgraphClient {
  return withRequest((name, request) => (here.has(name) ? local : remote).execute(name, request));
}
