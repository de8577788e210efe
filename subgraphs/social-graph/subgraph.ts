import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    User: 'person/person.model.ts#PersonModel',
  },
  workers: {
    'social-graph-worker': [],
  },
} satisfies SubgraphManifest;
