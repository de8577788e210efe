import type { SubgraphContext } from '@tintype/graphql';
import type { NodeLoaders } from './node.loader.ts';

export type Context = SubgraphContext<NodeLoaders>;
