import { createSubgraph } from '@tintype/graphql';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import type { Wire } from '@tintype/service';

export const wire: Wire = ({ log }) => ({
  subgraph: createSubgraph({
    name: 'notification',
    typeDefs: subgraphSdl('notification'),
    resolvers: {},
    createLoaders: () => null,
    log,
  }),
  workers: [],
});
