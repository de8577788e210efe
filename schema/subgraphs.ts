import { readFileSync } from 'node:fs';

/** Name of every subgraph of the supergraph, in the order in which composition lists them. */
export const SUBGRAPHS = ['user', 'social-graph', 'post', 'feed', 'engagement', 'notification', 'search'] as const;

export type SubgraphName = (typeof SUBGRAPHS)[number];

/** SDL of one subgraph, as written by hand in `schema/graphql`. */
export function subgraphSdl(name: SubgraphName): string {
  return readFileSync(new URL(`./graphql/${name}.graphql`, import.meta.url), 'utf8');
}

/** The composed supergraph, as committed. */
export function supergraphSdl(): string {
  return readFileSync(new URL('./supergraph.graphql', import.meta.url), 'utf8');
}
