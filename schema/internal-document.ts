import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import type { SubgraphName } from './subgraphs.ts';

/** What one part of the platform asks a subgraph, typed with what it takes and gives. Generated from `schema/internal/<subgraph>.graphql`. */
export type InternalDocument<Data, Variables> = DocumentTypeDecoration<Data, Variables> & {
  readonly subgraph: SubgraphName;
  readonly kind: 'query' | 'mutation';
  readonly name: string;
  readonly text: string;
};
