import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    Hashtag: 'hashtag/hashtag-follow.service.ts#HashtagModel',
  },
  workers: {
    'feed-audience': ['feed__audience', 'feed__accounts', 'feed__hashtag-follows', 'feed__erasure'],
    'feed-fan-out': ['feed__fan-out', 'feed__shares'],
  },
  config: true,
} satisfies SubgraphManifest;
