import type { SubgraphContext } from '@tintype/graphql';
import type { Loaders } from './loaders.ts';

export type Context = SubgraphContext<Loaders>;
