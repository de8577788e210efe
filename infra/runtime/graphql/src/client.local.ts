import { AddressError } from './address.error.ts';
import { type CallBulkhead, createCallBulkhead } from './call-bulkhead.ts';
import { withCallTimeout } from './call-timeout.ts';
import { askedBy, type SubgraphClient, SubgraphError, withRequest } from './client.ts';
import type { Subgraph, SubgraphRequest } from './subgraph.ts';
import { CALL_TIMEOUTS } from './timeouts.ts';

/**
 * Calls subgraphs in this process without serialising anything, within the same bounds as calls to other processes.
 *
 * @param subgraphs read at each call, because subgraphs that call each other are created one after another
 * @returns the client of each service. Their calls count together
 */
export function createLocalClients(
  subgraphs: ReadonlyMap<string, Subgraph>,
  timeouts = CALL_TIMEOUTS,
): (service: string) => SubgraphClient {
  const bulkheads = new Map<string, CallBulkhead>();
  const bulkheadOf = (name: string) => {
    const known = bulkheads.get(name) ?? createCallBulkhead();
    bulkheads.set(name, known);
    return known;
  };
  /** Work that its caller has given up counts until it has ended. */
  const run = async (subgraph: Subgraph, request: SubgraphRequest) => {
    const isMutation = request.identity.operation === 'mutation';
    try {
      return await bulkheadOf(subgraph.name).run(isMutation, () => subgraph.execute(request));
    } catch (error) {
      if (error instanceof AddressError) throw new SubgraphError(subgraph.name, 'OVERLOADED', error.message);
      throw error;
    }
  };
  return (service) =>
    withRequest(async (name, request) => {
      const subgraph = subgraphs.get(name);
      if (!subgraph) throw new SubgraphError(name, 'UNAVAILABLE', 'is not part of this process');
      return withCallTimeout(name, askedBy(service, request), timeouts, (bounded) => run(subgraph, bounded));
    }, bulkheads);
}
