import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    User: 'result/result.model.ts#UserModel',
    Post: 'result/result.model.ts#PostModel',
    Hashtag: 'result/result.model.ts#HashtagModel',
    SearchEdge: 'result/result.model.ts#FoundEdge',
    Suggestion: 'result/result.model.ts#Found',
  },
  workers: {
    'search-worker': [],
  },
} satisfies SubgraphManifest;
