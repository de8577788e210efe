import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import type { SubgraphName } from './subgraphs.ts';

/**
 * An operation between parts of the platform, with the types of its variables and result. Generated from
 * `schema/internal/<subgraph>.graphql`.
 */
export type InternalDocument<Data, Variables> = DocumentTypeDecoration<Data, Variables> & {
  readonly subgraph: SubgraphName;
  readonly kind: 'query' | 'mutation';
  readonly name: string;
  readonly text: string;
};

/**
 * Asks the owner of nodes which of them the viewer may see: the others are null. It is the same query for every
 * subgraph, so it is here and not in `schema/internal`.
 */
export function visibleNodesDocument(
  subgraph: SubgraphName,
): InternalDocument<
  { _entities: readonly (object | null)[] },
  { representations: readonly { __typename: string; id: string }[] }
> {
  const text = 'query VisibleNodes($representations:[_Any!]!){_entities(representations:$representations){__typename}}';
  return { subgraph, kind: 'query', name: 'VisibleNodes', text };
}
