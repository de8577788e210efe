import type { AddressError } from './address.error.ts';
import { CALL_LIMITS, withinBounds } from './client.bounds.ts';
import { createPlaces, type Places } from './client.places.ts';
import { askedBy, type SubgraphClient, SubgraphError, withRequest } from './client.ts';
import type { Subgraph, SubgraphRequest } from './subgraph.ts';

/**
 * Calls subgraphs of this process, without serialising anything, within the bounds of a call to another process.
 *
 * @param subgraphs read at each call: subgraphs that ask each other are made one after the other
 * @returns the client of each service; their calls count together
 */
export function createLocalClients(
  subgraphs: ReadonlyMap<string, Subgraph>,
  limits = CALL_LIMITS,
): (service: string) => SubgraphClient {
  const places = new Map<string, Places>();
  const placesOf = (name: string) => {
    const known = places.get(name) ?? createPlaces();
    places.set(name, known);
    return known;
  };
  /** A place is taken until the work has ended, which may be after its caller has given up. */
  const run = async (subgraph: Subgraph, request: SubgraphRequest) => {
    const leave = enter(placesOf(subgraph.name), subgraph.name, request.identity.operation === 'mutation');
    try {
      return await subgraph.execute(request);
    } finally {
      leave();
    }
  };
  return (service) =>
    withRequest(async (name, request) => {
      const subgraph = subgraphs.get(name);
      if (!subgraph) throw new SubgraphError(name, 'UNAVAILABLE', 'is not part of this process');
      return withinBounds(name, askedBy(service, request), limits, (bounded) => run(subgraph, bounded));
    }, places);
}

function enter(places: Places, name: string, isMutation: boolean): () => void {
  try {
    return places.enter(isMutation);
  } catch (error) {
    throw new SubgraphError(name, 'OVERLOADED', (error as AddressError).message);
  }
}
