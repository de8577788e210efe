import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    User: 'account/account.model.ts#AccountModel',
  },
  workers: {
    'user-worker': [],
  },
  config: true,
} satisfies SubgraphManifest;
