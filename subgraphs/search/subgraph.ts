import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    User: 'search/search.model.ts#UserModel',
    Post: 'search/search.model.ts#PostModel',
    Hashtag: 'search/search.model.ts#HashtagModel',
    SearchEdge: 'search/search.model.ts#FoundEdge',
    Suggestion: 'search/search.model.ts#FoundHit',
  },
  workers: {
    'search-worker': [],
  },
  makesTables: true,
  config: true,
} satisfies SubgraphManifest;
