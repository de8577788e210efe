import type { SubgraphContext } from '@tintype/graphql';

/** The feed loads nothing per item: its answers are references that other subgraphs fill in. */
export type Context = SubgraphContext<null>;
