import { createSubgraph, type Subgraph, type SubgraphClient } from '@tintype/graphql';
import { serviceSdl } from '@tintype/schema/nodes';
import type { Log } from '@tintype/telemetry';
import { createNodeLoaders } from './node.loader.ts';
import { nodeResolvers } from './node.resolver.ts';

/**
 * The gateway's own part of the graph: finds objects of all subgraphs by their global IDs. Runs in the gateway's
 * process.
 */
export function createNodeSubgraph(deps: { subgraphs: SubgraphClient; log: Log }): Subgraph {
  const { subgraphs, log } = deps;
  return createSubgraph({
    name: 'gateway',
    typeDefs: serviceSdl('gateway'),
    resolvers: nodeResolvers,
    createLoaders: createNodeLoaders(subgraphs),
    log,
  });
}
