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
